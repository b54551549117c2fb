extension ReportFilter {
    /// Whether nothing narrows it down. Compares all that a filter has but whether repeats are listed: a condition that were
    /// overlooked here would let somebody prune or send what they did not mean.
    package var isUnconditional: Bool {
        var filter = self
        filter.listsAttempts = false
        return String(reflecting: filter) == String(reflecting: ReportFilter())
    }
}
