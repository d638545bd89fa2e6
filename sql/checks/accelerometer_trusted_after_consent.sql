-- Under consent=at_collection no reading is older than the consent.
select "user"
from "${database}"."accelerometer_trusted"
where '${consent}' = 'at_collection' and "timestamp" < shareWithResearchAsOfDate
