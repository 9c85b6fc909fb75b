-- POST the requests of the file HOOKS: one a line, path, headers and body with tabs between; each word is
-- percent-encoded, headers are name=value pairs. wrk has one thread, so each is sent once a round.
local function plain(word)
  return (string.gsub(word, "%%(%x%x)", function(code) return string.char(tonumber(code, 16)) end))
end
local hooks = {}
init = function()
  for line in io.lines(os.getenv("HOOKS")) do
    local path, told, body = string.match(line, "^(%S+)\t(%S*)\t(.*)$")
    local headers = {}
    for name, value in string.gmatch(told, "([^&=]+)=([^&]*)") do
      headers[plain(name)] = plain(value)
    end
    hooks[#hooks + 1] = wrk.format("POST", plain(path), headers, plain(body))
  end
end
local count = 0
request = function()
  local hook = hooks[count % #hooks + 1]
  count = count + 1
  return hook
end
done = function(summary, latency)
  io.write(string.format("RES rps=%.0f p50=%.3f p99=%.3f err=%d non2xx=%d\n", summary.requests / (summary.duration / 1e6),
    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout, summary.errors.status))
end
