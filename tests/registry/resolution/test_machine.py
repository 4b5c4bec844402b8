"""What is read of the machine, and how often."""

from types import SimpleNamespace

from registry.machine_probe import MachineWatch, gpu_rows, hottest_core, probe_machine
from registry.resolution.machine import Machine, unfit


def test_memory_is_read_everywhere():
    machine = probe_machine()

    assert 0 < machine.free_memory_gb <= machine.memory_gb


def test_each_gpu_is_a_row_and_unreadable_rows_are_left_out():
    rows = gpu_rows("24576, 10000, 61\n24576, [N/A], 40\n\nnonsense\n")

    assert [[round(one, 1) for one in row] for row in rows] == [[25.8, 10.5, 61.0]]


def test_only_sensors_of_processors_count():
    sensors = {
        "coretemp": [SimpleNamespace(current=50.0), SimpleNamespace(current=72.5)],
        "nvme": [SimpleNamespace(current=99.0)],
    }

    assert hottest_core(sensors) == 72.5
    assert hottest_core({}) is None


def test_the_machine_is_read_again_after_half_a_minute():
    now = [0.0]
    states = iter([Machine(free_memory_gb=1), Machine(free_memory_gb=2)])
    watch = MachineWatch(lambda: next(states), lambda: now[0])

    read = []
    for moment in (0, 29, 30):
        now[0] = moment
        read.append(watch.machine().free_memory_gb)

    assert read == [1, 1, 2]


def test_small_differences_do_not_matter():
    assert (
        Machine(free_memory_gb=8.1).rounded() == Machine(free_memory_gb=8.2).rounded()
    )
    assert Machine(temperature_c=50).rounded() == Machine(temperature_c=60).rounded()
    assert Machine(temperature_c=50).rounded() != Machine(temperature_c=96).rounded()


def test_what_is_not_known_speaks_against_nothing():
    assert list(unfit(Machine(), 100, is_loaded=False)) == []
    assert list(unfit(Machine(free_memory_gb=1), None, is_loaded=False)) == []
