-- Every motion reading belongs to a trusted customer, under that customer's own consent and device.
select a."user"
from "${database}"."accelerometer_trusted" a
left join "${database}"."customer_trusted" c on c.email = a."user"
where c.email is null
   or c.shareWithResearchAsOfDate <> a.shareWithResearchAsOfDate
   or c.serialNumber <> a.serialNumber
