"""What pyxdf finds in an XDF file, as JSON: read_xdf.py FILE"""
import json
import logging
import sys

import pyxdf

logging.disable(logging.CRITICAL)
streams, header = pyxdf.load_xdf(sys.argv[1], dejitter_timestamps=False)
print(
    json.dumps(
        [
            {
                "name": stream["info"]["name"][0],
                "type": stream["info"]["type"][0],
                "rate": float(stream["info"]["nominal_srate"][0]),
                "labels": [c["label"][0] for c in stream["info"]["desc"][0]["channels"][0]["channel"]],
                "units": [c["unit"][0] for c in stream["info"]["desc"][0]["channels"][0]["channel"]],
                "times": [float(t) for t in stream["time_stamps"]],
                "values": stream["time_series"] if isinstance(stream["time_series"], list) else stream["time_series"].tolist(),
            }
            for stream in streams
        ]
    )
)
