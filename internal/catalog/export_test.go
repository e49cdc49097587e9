package catalog

// RefreshBatch and Reprice are for tests of prices that take more than one job.
const RefreshBatch = refreshBatch

var Reprice = reprice
