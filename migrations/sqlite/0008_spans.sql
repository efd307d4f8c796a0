-- The steps of a call, in the call's own row: nobody asks for a step without its call, and as a row of its own each cost an
-- insert more with a key of three columns. The same as ../postgres/0008_spans.sql.

-- A JSON list of steps in order, each a list of its kind, its name, microseconds from the call's start and taken, whether it
-- succeeded, and an object of more facts.
ALTER TABLE traces ADD COLUMN spans TEXT NOT NULL DEFAULT '[]' CHECK (substr(spans, 1, 1) = '[');

UPDATE traces SET spans = made.spans
FROM (SELECT tenant_id, trace_id,
             json_group_array(json_array(kind, name, offset_us, duration_us, json(iif(ok, 'true', 'false')), json(attributes))) AS spans
      FROM (SELECT * FROM trace_spans ORDER BY tenant_id, trace_id, position) GROUP BY tenant_id, trace_id) AS made
WHERE traces.tenant_id = made.tenant_id AND traces.id = made.trace_id;

DROP TABLE trace_spans;
