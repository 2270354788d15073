"""What MNE and pyedflib find in an EDF+ or BDF+ file, as JSON: read_edf.py FILE"""
import json
import sys

import mne
import pyedflib

path = sys.argv[1]
mne.set_log_level("ERROR")
read = mne.io.read_raw_bdf if path.endswith(".bdf") else mne.io.read_raw_edf

file = pyedflib.EdfReader(path)
try:
    headers = file.getSignalHeaders()
    onsets, durations, texts = file.readAnnotations()
    by_edflib = {
        "startdate": file.getStartdatetime().isoformat(),
        "patient": file.getPatientCode(),
        "equipment": file.getEquipment(),
        "duration": file.getFileDuration(),
        "signals": [
            {
                "label": header["label"],
                "unit": header["dimension"],
                "rate": file.getSampleFrequency(s),
                "physicalMin": header["physical_min"],
                "physicalMax": header["physical_max"],
                "values": file.readSignal(s).tolist(),
            }
            for s, header in enumerate(headers)
        ],
        "annotations": [
            {"atSec": float(o), "durationSec": max(float(d), 0.0), "text": t} for o, d, t in zip(onsets, durations, texts)
        ],
    }
finally:
    file.close()

# MNE resamples signals of other rates to the fastest: each rate is read alone
by_mne = []
annotations = None
for s, header in enumerate(headers):
    others = [h["label"] for h in headers if h["sample_frequency"] != header["sample_frequency"]]
    raw = read(path, exclude=others, preload=True, infer_types=False, stim_channel=None)
    if annotations is None:
        annotations = [{"atSec": float(a["onset"]), "durationSec": float(a["duration"]), "text": str(a["description"])} for a in raw.annotations]
        start = None if raw.info["meas_date"] is None else raw.info["meas_date"].isoformat()
    unit = {"uV": 1e-6, "mV": 1e-3}.get(header["dimension"], 1.0)
    name = header["label"]
    by_mne.append({"label": name, "rate": raw.info["sfreq"], "values": (raw.get_data(picks=[name])[0] / unit).tolist()})

print(json.dumps({"edflib": by_edflib, "mne": {"start": start, "signals": by_mne, "annotations": annotations}}))
