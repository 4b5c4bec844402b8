"""What Celery's beat sends, and when (UTC)."""

from typing import Any, Final

from celery.schedules import crontab

SCHEDULE: Final[dict[str, dict[str, Any]]] = {
    "sync-catalog": {
        "task": "registry.tasks.sync_catalog",
        "schedule": crontab(hour="3", minute="17"),
    },
    "check-connections": {
        "task": "registry.tasks.check_connections",
        "schedule": crontab(minute="2-59/5"),
        # One that waited so long has been overtaken by the next.
        "options": {"expires": 240},
    },
    "discover-models": {
        "task": "registry.tasks.discover_models",
        "schedule": crontab(minute="11"),
        "options": {"expires": 3000},
    },
    "run-discoveries": {
        "task": "registry.tasks.run_discoveries",
        "schedule": crontab(),
        "options": {"expires": 50},
    },
    "purge-idempotent-answers": {
        "task": "registry.tasks.purge_answers",
        "schedule": crontab(minute="51"),
    },
    "purge-telemetry": {
        "task": "analytics.tasks.purge_telemetry",
        "schedule": crontab(minute="23"),
    },
    # Leases of processes that died: of budgets that nobody asks for any more, too.
    "sweep-budget-holds": {
        "task": "analytics.tasks.sweep_budget_holds",
        "schedule": crontab(minute="*/5"),
    },
    "reconcile-budgets": {
        "task": "analytics.tasks.reconcile_budgets",
        "schedule": crontab(minute="1-59/2"),
        "options": {"expires": 100},
    },
    "run-planned-switches": {
        "task": "registry.tasks.run_planned_switches",
        "schedule": crontab(),
        "options": {"expires": 50},
    },
    "run-adjustments": {
        "task": "analytics.tasks.run_adjustments",
        "schedule": crontab(),
        "options": {"expires": 50},
    },
    "run-budget-switches": {
        "task": "analytics.tasks.run_budget_switches",
        "schedule": crontab(),
        "options": {"expires": 50},
    },
    "watch-usage": {
        "task": "analytics.tasks.watch_usage",
        "schedule": crontab(minute="4-59/5"),
        "options": {"expires": 240},
    },
    # After the check of the connections, which takes up to a minute.
    "watch-connections": {
        "task": "analytics.tasks.watch_connections",
        "schedule": crontab(minute="3-59/5"),
        "options": {"expires": 240},
    },
    "watch-costs-and-models": {
        "task": "analytics.tasks.watch_costs_and_models",
        "schedule": crontab(minute="19"),
        "options": {"expires": 3000},
    },
    "deliver-alerts": {
        "task": "analytics.tasks.deliver_alerts",
        "schedule": crontab(),
        "options": {"expires": 50},
    },
    "load-pack-sources": {
        "task": "registry.tasks.load_pack_sources",
        "schedule": crontab(minute="37"),
        "options": {"expires": 3000},
    },
    "flush-usage-spool": {
        "task": "analytics.tasks.flush_spool",
        "schedule": crontab(minute="*/5"),
    },
    "tend-usage-partitions": {
        "task": "analytics.tasks.tend_partitions",
        "schedule": crontab(hour="2", minute="41"),
    },
    "roll-up-usage": {
        "task": "analytics.tasks.roll_up",
        "schedule": crontab(),
        "options": {"expires": 50},
    },
    # After the sync of the catalogue, which may bring new ones.
    "tend-usage-bands": {
        "task": "analytics.tasks.tend_bands",
        "schedule": crontab(minute="29"),
    },
    "make-forecasts": {
        "task": "analytics.tasks.make_forecasts",
        "schedule": crontab(minute="7"),
        "options": {"expires": 3000},
    },
    # Once a day for each organisation, when its own day has begun.
    "write-recommendations": {
        "task": "recommender.tasks.write_recommendations",
        "schedule": crontab(minute="29"),
        "options": {"expires": 3000},
    },
    "evaluate-experiments": {
        "task": "recommender.tasks.evaluate_experiments",
        "schedule": crontab(),
        "options": {"expires": 50},
    },
    "run-recommendation-looks": {
        "task": "recommender.tasks.run_looks",
        "schedule": crontab(),
        "options": {"expires": 50},
    },
    "load-samples": {
        "task": "analytics.tasks.load_samples",
        "schedule": crontab(),
        "options": {"expires": 50},
    },
    "import-usage": {
        "task": "analytics.tasks.import_usage",
        "schedule": crontab(),
        "options": {"expires": 50},
    },
    "run-capability-probes": {
        "task": "modelhub.gateway.probing.tasks.run_probes",
        "schedule": crontab(),
        "options": {"expires": 50},
    },
    "close-usage-days": {
        "task": "analytics.tasks.close_days",
        "schedule": crontab(minute="19"),
        "options": {"expires": 3000},
    },
    "refresh-usage-statistics": {
        "task": "analytics.tasks.refresh_statistics",
        "schedule": crontab(minute="11"),
        "options": {"expires": 3000},
    },
    "reconcile-usage": {
        "task": "analytics.tasks.reconcile_rollups",
        "schedule": crontab(hour="3", minute="47"),
    },
    "measure-models": {
        "task": "analytics.tasks.measure_models",
        "schedule": crontab(minute="19"),
        "options": {"expires": 3000},
    },
    "measure-benchmarked-models": {
        "task": "analytics.tasks.measure_benchmarked_models",
        "schedule": crontab(hour="4", minute="29"),
    },
    "start-scheduled-benchmarks": {
        "task": "analytics.tasks.start_scheduled_benchmarks",
        "schedule": crontab(),
        "options": {"expires": 50},
    },
    # As long as a worker may be silent.
    "sweep-benchmarks": {
        "task": "modelhub.gateway.benchmarking.tasks.sweep_benchmarks",
        "schedule": 20.0,
        "options": {"expires": 15},
    },
    "purge-payloads": {
        "task": "analytics.tasks.purge_payloads",
        "schedule": crontab(minute="23"),
    },
}
