-- POST signed hooks from the file HOOKS: one a line, signature, tab, body. wrk has one thread, so each is sent once a round.
local path = os.getenv("HOOK_PATH")
local hooks = {}
for line in io.lines(os.getenv("HOOKS")) do
  local signature, body = string.match(line, "^(%S+)\t(.*)$")
  hooks[#hooks + 1] = { signature, body }
end
local count = 0
request = function()
  local hook = hooks[count % #hooks + 1]
  count = count + 1
  return wrk.format("POST", path, { ["Content-Type"] = "application/json", ["X-Hub-Signature-256"] = hook[1] }, hook[2])
end
done = function(summary, latency)
  io.write(string.format("RES rps=%.0f p50=%.3f p99=%.3f err=%d non2xx=%d\n", summary.requests / (summary.duration / 1e6),
    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout, summary.errors.status))
end
