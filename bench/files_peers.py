"""The peers of files.bench.ts on the same files: files_peers.py XDF BDF FOLDER TASK, one task a process, its figures as JSON."""
import json
import os
import resource
import sys
import time

import numpy

xdf, bdf, folder, task = sys.argv[1:]


def load():
    import pyxdf

    streams, _ = pyxdf.load_xdf(xdf, select_streams=[{"name": "eeg"}, {"name": "eda"}])
    return {stream["info"]["name"][0]: stream for stream in streams}


def with_pyedflib():
    import pyedflib

    streams = load()
    eeg, eda = (numpy.ascontiguousarray(streams[name]["time_series"].T.astype(float)) for name in ("eeg", "eda"))
    rates = [250] * len(eeg) + [4] * len(eda)
    channels = [*eeg, *eda]
    headers = [
        {
            "label": f"{c}",
            "dimension": "uV",
            "sample_frequency": rate,
            "physical_min": float(f"{numpy.floor(x.min()):.0f}"),
            "physical_max": float(f"{numpy.ceil(x.max()):.0f}"),
            "digital_min": -8388608,
            "digital_max": 8388607,
        }
        for c, (x, rate) in enumerate(zip(channels, rates))
    ]
    writer = pyedflib.EdfWriter(os.path.join(folder, "pyedflib.bdf"), len(channels), file_type=pyedflib.FILETYPE_BDFPLUS)
    writer.setSignalHeaders(headers)
    writer.writeSamples(channels)
    writer.close()


def with_mne():
    import mne

    mne.set_log_level("ERROR")
    eeg = load()["eeg"]["time_series"].T * 1e-6
    info = mne.create_info([f"{c}" for c in range(len(eeg))], 250, "eeg")
    mne.export.export_raw(os.path.join(folder, "mne.edf"), mne.io.RawArray(eeg, info), fmt="edf", overwrite=True)


def read_bdf():
    import mne

    mne.set_log_level("ERROR")
    mne.io.read_raw_bdf(bdf, preload=True, exclude=["EDA"])


tasks = {"load": load, "pyedflib": with_pyedflib, "mne": with_mne, "read-bdf": read_bdf}
# what it takes to import is no part of the work
import mne  # noqa: E402
import pyedflib  # noqa: E402
import pyxdf  # noqa: E402

started, worked = time.perf_counter(), time.process_time()
tasks[task]()
sec, cpu = time.perf_counter() - started, time.process_time() - worked
usage = resource.getrusage(resource.RUSAGE_SELF)
print(
    json.dumps(
        {
            "sec": sec,
            "cpuSec": cpu,
            "peakMegabytes": usage.ru_maxrss / 1024,
            "versions": {"mne": mne.__version__, "pyxdf": pyxdf.__version__, "pyedflib": pyedflib.__version__},
        }
    )
)
