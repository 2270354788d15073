"""What MNE and pyedflib find in the recordings of test/recordings/edf, and small files written by other programs with what is in them.

Run from this folder with the versions of requirements.txt:  python recordings.py  (writes recordings.json and recordings_*)

Every 97th sample is kept, and the last. Values in the generated files are sines, so that no recording of anybody is among them.
"""

import datetime
import json
from pathlib import Path

import fastavro
import h5py
import mne
import numpy as np
import pybv
import pyedflib

mne.set_log_level("ERROR")
HERE = Path(__file__).parent
golden = {}


def kept(values):
    values = np.asarray(values, dtype=float)
    index = sorted(set(range(0, len(values), 97)) | {len(values) - 1})
    return [[int(i), float(values[i])] for i in index]


# EDF and BDF: samples by pyedflib in the file's unit, compared with MNE where that does not resample
for path in sorted((HERE.parent / "recordings" / "edf").glob("*.[eb]df")):
    reader = pyedflib.EdfReader(str(path))
    signals = []
    for s in range(reader.signals_in_file):
        head = reader.getSignalHeader(s)
        values = reader.readSignal(s)
        signals.append({"label": head["label"], "unit": head["dimension"], "sfreq": head["sample_frequency"], "n": len(values), "values": kept(values)})
    onsets, durations, texts = reader.readAnnotations()
    raw = (mne.io.read_raw_bdf if path.suffix == ".bdf" else mne.io.read_raw_edf)(path, preload=True)
    if len({signal["sfreq"] for signal in signals}) == 1:
        for row, signal in zip(raw.get_data() * 1e6, signals):
            assert max(abs(row[i] - value) for i, value in signal["values"]) < 1e-6, path
    annotations = [[float(onset), text] for onset, text in zip(onsets, texts)]
    seen = [[float(a["onset"]), a["description"]] for a in raw.annotations]  # MNE leaves out what lies behind the cut
    assert all(any(abs(o - a) < 1e-5 and t == text for a, text in annotations) for o, t in seen)
    golden[path.name] = {"startedAt": raw.info["meas_date"].timestamp(), "signals": signals, "annotations": annotations}
    reader.close()


def wave(n, c=0):
    return np.sin((np.arange(n) + 1 + 100 * c) / 7.0) * 80


# BrainVision, written by pybv 0.8.1 and read by MNE
data = np.stack([wave(1250, c) for c in range(3)]) * 1e-6
events = [
    {"onset": 100, "duration": 1, "description": 1, "type": "Stimulus"},
    {"onset": 700, "duration": 1, "description": "look\\1 here", "type": "Comment"},
]
when = datetime.datetime(2024, 5, 6, 7, 8, 9, 250000, tzinfo=datetime.timezone.utc)
for format_, resolution in (("binary_int16", 0.1), ("binary_float32", 0.5)):
    name = f"recordings_brainvision_{format_[7:]}"
    pybv.write_brainvision(
        data=data, sfreq=250, ch_names=["Fp1", "Cz", "ECG"], fname_base=name, folder_out=HERE, overwrite=True, events=events,
        resolution=resolution, unit="µV", fmt=format_, meas_date=when, ref_ch_names=["Fz", "Fz", "Fz"],
    )
header = (HERE / "recordings_brainvision_int16.vhdr").read_text()
swapped = header.replace("recordings_brainvision_int16", "recordings_brainvision_vectorized").replace("MULTIPLEXED", "VECTORIZED")
(HERE / "recordings_brainvision_vectorized.vhdr").write_text(swapped)
(HERE / "recordings_brainvision_vectorized.vmrk").write_text(
    (HERE / "recordings_brainvision_int16.vmrk").read_text().replace("brainvision_int16", "brainvision_vectorized")
)
codes = np.fromfile(HERE / "recordings_brainvision_int16.eeg", dtype="<i2").reshape(-1, 3)
codes.T.copy().tofile(HERE / "recordings_brainvision_vectorized.eeg")
for name in ("int16", "float32", "vectorized"):
    raw = mne.io.read_raw_brainvision(HERE / f"recordings_brainvision_{name}.vhdr", preload=True)
    golden[f"brainvision_{name}"] = {
        "startedAt": raw.info["meas_date"].timestamp(),
        "signals": [{"label": label, "sfreq": raw.info["sfreq"], "n": raw.n_times, "values": kept(row * 1e6)} for label, row in zip(raw.ch_names, raw.get_data())],
        "annotations": [[float(a["onset"]), a["description"]] for a in raw.annotations],
    }

# EmbracePlus: Empatica's layout (version 6.5), packed by fastavro
space = "empatica.format.avro"
long, double = "long", "double"
timed = lambda name, *fields: {"type": "record", "name": name, "fields": [{"name": "timestampStart", "type": long, "default": 0}, {"name": "samplingFrequency", "type": "float"}, *fields]}
numbers = lambda name, kind: {"name": name, "type": {"type": "array", "items": kind}}
imu = {
    "type": "record", "name": "ImuParams",
    "fields": [{"name": n, "type": "int"} for n in ("physicalMin", "physicalMax", "digitalMin", "digitalMax")] + [{"name": "conversionFactor", "type": double, "default": 0}],
}
schema = {
    "type": "record", "name": "Session", "namespace": space,
    "fields": [
        {"name": "schemaVersion", "type": {"type": "record", "name": "Version", "fields": [{"name": "major", "type": "int"}, {"name": "minor", "type": "int"}]}},
        {"name": "timezone", "type": "int"},
        {"name": "deviceSn", "type": "string"},
        {"name": "deviceModel", "type": ["null", "string"], "default": None},
        {"name": "rawData", "type": {"type": "record", "name": "RawData", "fields": [
            {"name": "accelerometer", "type": timed("Accelerometer", {"name": "imuParams", "type": imu}, numbers("x", "int"), numbers("y", "int"), numbers("z", "int"))},
            {"name": "gyroscope", "type": timed("Gyroscope", {"name": "imuParams", "type": "ImuParams"}, numbers("x", "int"), numbers("y", "int"), numbers("z", "int"))},
            {"name": "eda", "type": timed("Eda", numbers("values", "float"))},
            {"name": "temperature", "type": timed("Temperature", numbers("values", "float"))},
            {"name": "tags", "type": {"type": "record", "name": "Tags", "fields": [numbers("tagsTimeMicros", long)]}},
            {"name": "bvp", "type": timed("Bvp", numbers("values", "float"))},
            {"name": "systolicPeaks", "type": {"type": "record", "name": "SystolicPeaks", "fields": [numbers("peaksTimeNanos", long)]}},
            {"name": "steps", "type": timed("Steps", numbers("values", "int"))},
        ]}},
    ],
}
start = 1_700_000_000_123_456
part = lambda rate, late=0, **more: {"timestampStart": start + late, "samplingFrequency": rate, **more}
axis = lambda n, c: [int(v) for v in wave(n, c) * 20]
params = {"physicalMin": -16, "physicalMax": 16, "digitalMin": -32768, "digitalMax": 32767, "conversionFactor": 0}
still = {**part(0), "timestampStart": 0, "imuParams": {**params, "physicalMax": 0}, "x": [], "y": [], "z": []}
session = {
    "schemaVersion": {"major": 6, "minor": 5}, "timezone": 3600, "deviceSn": "0000", "deviceModel": "imitation",
    "rawData": {
        "accelerometer": part(64.0, imuParams=params, **{name: axis(640, c) for c, name in enumerate("xyz")}),
        "gyroscope": still,
        "eda": part(3.9999, 250_000, values=[float(v) for v in 2 + wave(40) / 100]),
        "temperature": part(1.0, values=[float(v) for v in 33 + wave(10) / 100]),
        "tags": {"tagsTimeMicros": [start + 4_000_000]},
        "bvp": part(64.0, values=[float(v) for v in wave(640, 5)]),
        "systolicPeaks": {"peaksTimeNanos": [start * 1000 + int(1e9 * t) for t in (0.5, 1.3, 2.15, 6.0, 6.75)]},
        "steps": part(0.2, values=[0, 3]),
    },
}
with open(HERE / "recordings_embrace.avro", "wb") as file:
    fastavro.writer(file, schema, [session], codec="deflate", sync_marker=bytes(range(16)))
with open(HERE / "recordings_embrace.avro", "rb") as file:
    found = next(fastavro.reader(file))["rawData"]
golden["embrace"] = {
    "eda": kept(found["eda"]["values"]), "temperature": kept(found["temperature"]["values"]), "bvp": kept(found["bvp"]["values"]),
    "x": kept([-16 + (v + 32768) * 32 / 65535 for v in found["accelerometer"]["x"]]), "sfreq": found["eda"]["samplingFrequency"],
}

# OpenSignals: HDF5 by h5py
with h5py.File(HERE / "recordings_opensignals.h5", "w") as file:
    group = file.create_group("00:07:80:79:6F:DB")
    group.attrs.update({"sampling rate": 100, "date": "2018-7-5", "time": "10:29:43.249", "device": "biosignalsplux", "channels": [1, 2], "resolution": [16, 16]})
    raw = group.create_group("raw")
    raw.create_dataset("nSeq", data=np.arange(1500).reshape(-1, 1))
    for n, sensor in ((1, "EDA"), (2, "ECG")):
        codes = (30000 + wave(1500, n) * 50).astype("u2").reshape(-1, 1)
        raw.create_dataset(f"channel_{n}", data=codes, chunks=(500, 1), compression="gzip").attrs["sensor"] = sensor
golden["opensignals"] = {"codes": kept((30000 + wave(1500, 1) * 50).astype("u2"))}


# MATLAB 7.3: HDF5 behind a block of text; arrays transposed, structs as groups, cells as references
def matlab(path, fill):
    with h5py.File(path, "w", userblock_size=512) as file:
        fill(file)
    with open(path, "r+b") as file:
        file.write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64, Created on: Mon Jan  1 00:00:00 2024 HDF5 schema 1.00 .".ljust(124) + b"\x00\x02IM")


def sheet(parent, name, values, kind="double"):
    dataset = parent.create_dataset(name, data=np.asarray(values).T)
    dataset.attrs["MATLAB_class"] = np.bytes_(kind)
    return dataset


def seed(file):
    for i in range(1, 16):
        sheet(file, f"djc_eeg{i}", np.sin(np.arange(62 * (3 + i)) + 1.0).reshape(62, 3 + i) * 100)


def mixed(file):
    sheet(file, "plain", np.arange(12.0).reshape(3, 4))
    sheet(file, "cube", np.arange(24.0).reshape(2, 3, 4))
    sheet(file, "label", np.array([[1, 0, -1]], dtype="i1"), "int8")
    sheet(file, "text", np.array([[ord(c) for c in "hello"]], dtype="u2"), "char")
    nested = file.create_group("nested")
    nested.attrs["MATLAB_class"] = np.bytes_("struct")
    sheet(nested, "age", [[22.0]])
    refs = file.create_group("#refs#")
    parts = [sheet(refs, "a", np.arange(6.0).reshape(2, 3)), sheet(refs, "b", np.array([[ord("x")]], dtype="u2"), "char")]
    cell = nested.create_dataset("cells", data=np.array([[part.ref] for part in parts], dtype=h5py.ref_dtype))
    cell.attrs["MATLAB_class"] = np.bytes_("cell")
    empty = file.create_dataset("empty", data=np.array([0, 0], dtype="u8"))
    empty.attrs["MATLAB_class"] = np.bytes_("double")
    empty.attrs["MATLAB_empty"] = np.uint8(1)


matlab(HERE / "recordings_seed73.mat", seed)
matlab(HERE / "recordings_mixed73.mat", mixed)

(HERE / "recordings.json").write_text(json.dumps(golden, ensure_ascii=False, separators=(",", ":"), default=float) + "\n")
