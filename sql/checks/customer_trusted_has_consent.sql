-- A trusted customer has said when research may begin.
select email from "${database}"."customer_trusted" where shareWithResearchAsOfDate is null or shareWithResearchAsOfDate <= 0
