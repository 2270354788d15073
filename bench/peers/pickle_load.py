import json, pickle, resource, sys, time
import numpy  # noqa: F401, loaded before the clock starts
started = time.perf_counter()
with open(sys.argv[1], "rb") as file:
    pickle.load(file, encoding="latin1")
sec = time.perf_counter() - started
usage = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"sec": sec, "cpuSec": usage.ru_utime + usage.ru_stime, "peakMegabytes": usage.ru_maxrss / 1024}))
