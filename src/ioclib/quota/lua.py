"""What Redis does in one step: one script for each operation of the ledger.

Time is Redis's own, in microseconds since 1970. A window is a sorted set; a member is ``until:n``, ``n`` requests that
count until then, and its score is ``until`` (18 digits in the member: cutting is faster than searching). Numbers stay
below 2^53, so that Lua's are exact.

``KEYS``: the cool-down, then the windows. ``ARGV``: what the operation needs, then for each window its count, its span,
its slot (0: a calendar window), and four times at which periods of the calendar begin.
"""

_CLOCK = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
"""

_WINDOWS = """
local function text(number)
  return string.format('%.0f', number)
end

local function window(i, first)
  local at = first + (i - 2) * 7
  return {key = KEYS[i], count = tonumber(ARGV[at]), span = tonumber(ARGV[at + 1]), slot = tonumber(ARGV[at + 2]),
    starts = {tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4]), tonumber(ARGV[at + 5]), tonumber(ARGV[at + 6])}}
end

-- When a request that is made now stops counting; nil if the caller's clock is so far off that he cannot say.
local function ends(w)
  if w.slot > 0 then
    local rest = math.fmod(now + w.span, w.slot)
    return now + w.span + (rest > 0 and w.slot - rest or 0)
  end
  for i = 2, 4 do
    if w.starts[i - 1] <= now and now < w.starts[i] then return w.starts[i] end
  end
end

local function counting(key)
  return redis.call('ZRANGEBYSCORE', key, '(' .. text(now), '+inf')
end

local function number(member)
  return tonumber(string.sub(member, 20))
end

local function till_of(member)
  return tonumber(string.sub(member, 1, 18))
end

local function used(members)
  local sum = 0
  for _, member in ipairs(members) do sum = sum + number(member) end
  return sum
end

local function add(w, till, n)
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', w.key, text(till), text(till))) do
    n = n + number(member)
    redis.call('ZREM', w.key, member)
  end
  redis.call('ZADD', w.key, text(till), string.format('%018.0f:%.0f', till, n))
  redis.call('ZREMRANGEBYSCORE', w.key, '-inf', text(now - w.span))
  local last = redis.call('ZRANGE', w.key, -1, -1, 'WITHSCORES')[2]
  redis.call('PEXPIREAT', w.key, text(math.ceil((last + w.span) / 1000)))
end
"""

RESERVE = (
    _CLOCK
    + _WINDOWS
    + """
-- ARGV: n. Returns 0 or -1 (the caller's calendar does not reach to now), microseconds to wait, and until when the key
-- cools down; or -1 and the time.
local n = tonumber(ARGV[1])
local windows, ending = {}, {}
for i = 2, #KEYS do
  local w = window(i, 2)
  local till = ends(w)
  if not till then return {-1, now} end
  table.insert(windows, w)
  table.insert(ending, till)
end

-- When n requests fit, if nothing else is granted until then.
local function free_at(w)
  local members = counting(w.key)
  local excess = used(members) + n - w.count
  if excess <= 0 then return now end
  for _, member in ipairs(members) do
    excess = excess - number(member)
    if excess <= 0 then return till_of(member) end
  end
end

local cool = tonumber(redis.call('GET', KEYS[1]) or 0)
local free = now
for _, w in ipairs(windows) do free = math.max(free, free_at(w)) end
if math.max(cool, free) > now then
  return {0, math.max(cool, free) - now, cool >= free and 1 or 0}
end
for i, w in ipairs(windows) do add(w, ending[i], n) end
return {0, 0, 0}
"""
)

COOLDOWN = (
    _CLOCK
    + """
-- ARGV: microseconds from now.
local till = now + tonumber(ARGV[1])
if till > now and till > tonumber(redis.call('GET', KEYS[1]) or 0) then
  redis.call('SET', KEYS[1], string.format('%.0f', till), 'PXAT', string.format('%.0f', math.ceil(till / 1000)))
end
return {0}
"""
)

SYNC = (
    _CLOCK
    + _WINDOWS
    + """
-- ARGV: requests that the vendor counts, and microseconds from now until he counts them no more (empty: not said).
-- Returns 0; or -1 (the caller's calendar does not reach to now) and the time.
local w = window(2, 3)
local till = ARGV[2] == '' and ends(w) or ARGV[2] ~= '' and now + tonumber(ARGV[2])
if not till then return {-1, now} end
local missing = tonumber(ARGV[1]) - used(counting(w.key))
if missing > 0 and till > now then add(w, till, missing) end
return {0}
"""
)

USAGE = (
    _CLOCK
    + _WINDOWS
    + """
-- Returns until when the key cools down (0: it does not), and for each window until when how many requests count: how
-- many such pairs there are, and all of them in one row.
local cool = tonumber(redis.call('GET', KEYS[1]) or 0)
local standing = {cool > now and cool or 0}
for i = 2, #KEYS do
  local members = counting(KEYS[i])
  table.insert(standing, #members)
  for _, member in ipairs(members) do
    table.insert(standing, till_of(member))
    table.insert(standing, number(member))
  end
end
return standing
"""
)
