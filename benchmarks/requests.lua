-- wrk script: `-- OPERATION FILE`, where each line of FILE is "workspace project task token".

local targets, operation, turn, written = {}, nil, 0, 0

local builders = {
  get = function(t)
    return "GET", "/api/v1/workspaces/" .. t.workspace .. "/tasks/" .. t.task, nil
  end,
  list = function(t)
    return "GET", "/api/v1/workspaces/" .. t.workspace .. "/tasks?project_id=" .. t.project .. "&sort=-created&limit=50", nil
  end,
  post = function(t)
    return "POST", "/api/v1/workspaces/" .. t.workspace .. "/projects/" .. t.project .. "/tasks",
      '{"title":"Measure the loading time of the board"}'
  end,
  patch = function(t)
    return "PATCH", "/api/v1/workspaces/" .. t.workspace .. "/tasks/" .. t.task, '{"title":"Renamed 0000000000"}'
  end,
  plain = function(t)
    return "GET", "/plain", nil
  end,
}

function init(arguments)
  operation = arguments[1]
  for line in io.lines(arguments[2]) do
    local workspace, project, task, token = line:match("(%S+) (%S+) (%S+) (%S+)")
    local target = { workspace = workspace, project = project, task = task }
    local method, path, body = builders[operation](target)
    local headers = { ["Authorization"] = "Bearer " .. token, ["Host"] = "localhost" }
    if body then headers["Content-Type"] = "application/json" end
    table.insert(targets, wrk.format(method, path, headers, body))
  end
  -- two runs must not write the same titles: a title that stays as it is changes nothing
  written = os.time() % 100000 * 100000
  turn = os.time() % #targets
end

function request()
  turn = turn % #targets + 1
  local text = targets[turn]
  if operation == "patch" then
    written = written + 1
    text = text:gsub("%d%d%d%d%d%d%d%d%d%d\"}$", string.format("%010d", written) .. '"}')
  end
  return text
end
