-- One JSON document a step of a run: what became of every row that it read.
CREATE EXTERNAL TABLE IF NOT EXISTS `${database}`.`runs` (
  `run_id` string,
  `step` string,
  `status` string,
  `ended` string,
  `consent` string,
  `match` string,
  `read` bigint,
  `kept` bigint,
  `excluded` map<string,bigint>,
  `quarantined` bigint,
  `quarantined_by_reason` map<string,bigint>,
  `duplicates` bigint,
  `tables` map<string,bigint>
)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
LOCATION 's3://${bucket}/runs/'
TBLPROPERTIES ('classification' = 'json')
