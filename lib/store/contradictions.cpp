#include "store/contradictions.h"

#include "store/sql.h"

namespace ctt::store {

namespace {

// Each gives a sentence for every row that should not be.
constexpr std::string_view kQueries[] = {
    R"sql(
SELECT 'schedule ' || id || ' is at cycle ' || current_cycle || ' and has ' || n || ' rows up to number ' || top
FROM (SELECT s.id, s.current_cycle, count(c.id) AS n, coalesce(max(c.cycle_number), 0) AS top
      FROM continuous_training_schedules AS s LEFT JOIN cycles AS c ON c.schedule_id = s.id GROUP BY s.id)
WHERE n <> top OR current_cycle <> top
)sql",
    R"sql(
SELECT 'cycle ' || cycle_number || ' of ' || schedule_id || ' is completed without a model'
FROM cycles WHERE status = 'completed' AND model_version IS NULL
)sql",
    R"sql(
SELECT 'cycle ' || cycle_number || ' of ' || schedule_id || ' is ' || status || ' without a reason'
FROM cycles WHERE status IN ('failed', 'skipped', 'cancelled') AND reason IS NULL
)sql",
    R"sql(
SELECT 'the numbers of the models have a gap: ' || count(*) || ' models up to v' || max(version)
FROM models HAVING count(*) <> coalesce(max(version), 0)
)sql",
    R"sql(
SELECT 'schedule ' || schedule_id || ' is served by ' || count(*) || ' models at once'
FROM deployments WHERE confirmed_at IS NOT NULL AND ended_at IS NULL GROUP BY schedule_id HAVING count(*) > 1
)sql",
    R"sql(
SELECT 'the deployment of v' || d.model_version || ' on ' || d.schedule_id || ' names another file than the model'
FROM deployments AS d JOIN models AS m ON m.version = d.model_version WHERE m.sha256 <> d.sha256
)sql",
    R"sql(
SELECT 'schedule ' || s.id || ' goes on from v' || m.version || ', which was pruned'
FROM continuous_training_schedules AS s JOIN models AS m ON m.version = s.current_model_version
WHERE m.pruned_at IS NOT NULL
)sql",
    // A start has exactly one end, and a skipped slot only says so. Of cycles whose events have been dropped
    // nothing is known.
    R"sql(
SELECT 'cycle ' || cycle_number || ' of ' || schedule_id || ' (' || status || ') has ' || starts || ' start events, '
  || completes || ' complete, ' || fails || ' failed, ' || skips || ' skipped'
FROM (SELECT c.cycle_number, c.schedule_id, c.status, c.start_seq, (SELECT seq FROM event_floor) AS floor,
        count(*) FILTER (WHERE e.type = 'continuous_cycle_start') AS starts,
        count(*) FILTER (WHERE e.type = 'continuous_cycle_complete') AS completes,
        count(*) FILTER (WHERE e.type = 'continuous_cycle_failed') AS fails,
        count(*) FILTER (WHERE e.type = 'continuous_cycle_skipped') AS skips
      FROM cycles AS c LEFT JOIN events AS e ON e.schedule_id = c.schedule_id AND e.cycle_number = c.cycle_number
      GROUP BY c.id)
WHERE (start_seq > floor OR (start_seq = 0 AND (floor = 0 OR starts + completes + fails + skips > 0)))
AND CASE status
  WHEN 'running' THEN starts > 1 OR completes + fails + skips > 0
  WHEN 'completed' THEN starts <> 1 OR completes <> 1 OR fails + skips > 0
  WHEN 'skipped' THEN skips <> 1 OR starts + completes + fails > 0
  ELSE starts > 1 OR fails <> 1 OR completes + skips > 0 END
)sql",
    R"sql(
SELECT 'cycle ' || c.cycle_number || ' of ' || c.schedule_id || ' was confirmed as deployed before it was complete'
FROM cycles AS c
JOIN events AS d ON d.schedule_id = c.schedule_id AND d.cycle_number = c.cycle_number
  AND d.type = 'continuous_model_deployed' AND json_extract(d.payload, '$.cause') = 'auto'
JOIN events AS e ON e.schedule_id = c.schedule_id AND e.cycle_number = c.cycle_number
  AND e.type = 'continuous_cycle_complete'
WHERE d.seq < e.seq
)sql",
    R"sql(
SELECT 'experiment ' || id || ' is ' || status || ' without an end'
FROM experiments WHERE status <> 'running' AND completed_at IS NULL
)sql",
};

}  // namespace

std::vector<std::string> contradictions(Database& database) {
  std::vector<std::string> findings;
  for (const auto sql : kQueries) {
    Query rows(database, std::string(sql));
    while (rows.next()) findings.push_back(rows.get<std::string>());
  }
  return findings;
}

}  // namespace ctt::store
