/// What a filter looks at, for queries that are not about reports alone. A part that is added to `ReportFilter` has its place
/// here as well; a test counts them.
extension ReportFilter {
    /// Whether it asks for something that only a report has: what was refused has none of it.
    package var looksAtReports: Bool {
        !providers.isEmpty || !kinds.isEmpty || !boxes.isEmpty || isUnrouted || looksAtEachReport
    }

    /// Whether every report that came would do.
    var wantsEverything: Bool {
        !looksAtReports && sources.isEmpty && since == nil && until == nil
    }

    /// Whether it asks for more than category and time, so that each report has to be looked at by itself.
    package var looksAtEachReport: Bool {
        !fields.isEmpty || !fieldTests.isEmpty || !verifications.isEmpty || opensBodies || latestPer != nil
    }
}
