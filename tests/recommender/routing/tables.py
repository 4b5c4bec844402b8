"""Tables of outcomes for tests."""

import csv
import io
import json

WORDS = ("river", "cloud", "stone", "maple", "amber", "canal", "wheat")


def prompts(count=120):
    """Half of them sums, half of them questions about words."""
    return [
        f"Calculate the sum of {n} and {n * 7}."
        if n % 2
        else f"What does the word {WORDS[n % 7]} number {n} mean?"
        for n in range(count)
    ]


def outcomes(count=120):
    """`cheap` knows words only, `dear` everything at ten times the cost."""
    for at, prompt in enumerate(prompts(count)):
        yield {
            "prompt": prompt,
            "cheap": 0 if at % 2 else 1,
            "cheap|cost_usd": 0.001,
            "dear": 1,
            "dear|cost_usd": 0.01,
        }


def write_csv(path, rows):
    rows = list(rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def write_jsonl(path, rows):
    path.write_text("".join(json.dumps(one) + "\n" for one in rows), encoding="utf-8")
    return path


def answers(rows):
    """The same with a row for each answer."""
    for one in rows:
        for model in ("cheap", "dear"):
            yield {
                "prompt": one["prompt"],
                "model": model,
                "correct": one[model],
                "cost_usd": one[f"{model}|cost_usd"],
            }
