-- GET the paths of PATHS (one a line, in a file) in turn with a token.
local token = string.match(os.getenv("TOKENS"), "%S+")
local paths = {}
for line in io.lines(os.getenv("PATHS")) do paths[#paths + 1] = line end
local count = 0
request = function()
  count = count + 1
  return wrk.format("GET", paths[count % #paths + 1], { ["Authorization"] = "Bearer " .. token })
end
done = function(summary, latency)
  io.write(string.format("RES rps=%.0f p50=%.3f p99=%.3f err=%d non2xx=%d\n", summary.requests / (summary.duration / 1e6),
    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout, summary.errors.status))
end
