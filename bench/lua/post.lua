-- POST one text message to a random one of CONVERSATIONS conversations, each with an Idempotency-Key of its own.
math.randomseed(os.time() + tonumber(os.getenv("SEED") or "0"))
local conversations = tonumber(os.getenv("CONVERSATIONS") or "10000")
local accounts = tonumber(os.getenv("ACCOUNTS") or "1")
local tokens = {}
for token in string.gmatch(os.getenv("TOKENS"), "%S+") do tokens[#tokens + 1] = token end
local run = string.format("%d-%d-", os.time(), math.random(1, 1e9))
local body = '{"content":{"kind":"text","body":"Hello, I have a question about my order number 12345678"}}'
local count = 0
request = function()
  local n = math.random(1, conversations)
  count = count + 1
  return wrk.format("POST", string.format("/v1/conversations/00000000-0000-7000-8000-%012x/messages", n), {
    ["Content-Type"] = "application/json",
    ["Authorization"] = "Bearer " .. tokens[n % accounts + 1],
    ["Idempotency-Key"] = run .. count,
  }, body)
end
done = function(summary, latency)
  io.write(string.format("RES rps=%.0f p50=%.3f p99=%.3f err=%d non2xx=%d\n", summary.requests / (summary.duration / 1e6),
    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout, summary.errors.status))
end
