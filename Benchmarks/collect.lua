-- The load of collect.py, for wrk: batches of events in the words of Segment, each event once.
-- Arguments: the write key, how many events a request has, and a name for the run.

local key, count, run = "", 1, ""
local thread, sent = 0, 0
local threads = 0

function setup(new)
  threads = threads + 1
  new:set("thread", threads)
end

function init(arguments)
  key, count, run = arguments[1], tonumber(arguments[2]), arguments[3]
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  wrk.headers["Authorization"] = "Bearer " .. key
end

local names = { "Page Viewed", "Product Viewed", "Product Added", "Checkout Started", "Order Completed" }
local form = '{"type":"track","messageId":"%s-%d-%d","userId":"customer-%d","event":"%s",'
  .. '"timestamp":"2026-03-%02dT%02d:%02d:%02d.%03dZ","properties":{"channel":"web","device":"%s",'
  .. '"amount":%d.5,"path":"/products/%d","member":%s}}'

local function event()
  sent = sent + 1
  local n = sent
  return form:format(run, thread, n, n * 7919 % 100000, names[n % 5 + 1], n % 28 + 1, n % 24,
    n % 60, n % 59, n % 1000, n % 3 == 0 and "phone" or "desk", n % 500, n % 1000,
    n % 2 == 0 and "true" or "false")
end

function request()
  if count == 1 then return wrk.format(nil, "/v1/track", nil, event()) end
  local events = {}
  for index = 1, count do events[index] = event() end
  return wrk.format(nil, "/v1/batch", nil, '{"batch":[' .. table.concat(events, ",") .. "]}")
end
