/// What a filter looks at, for queries that are not about reports alone. A part that is added to `ReportFilter` has its place
/// here as well; a test counts them.
extension ReportFilter {
    /// Whether it has conditions on reports, which rejected deliveries do not have.
    package var looksAtReports: Bool {
        !providers.isEmpty || !kinds.isEmpty || !boxes.isEmpty || isUnrouted || looksAtEachReport
    }

    /// Whether every report matches.
    var wantsEverything: Bool {
        !looksAtReports && sources.isEmpty && since == nil && until == nil
    }

    /// Whether it has conditions beyond category and time, which are checked for each report.
    package var looksAtEachReport: Bool {
        !fields.isEmpty || !fieldTests.isEmpty || !verifications.isEmpty || opensBodies || latestPer != nil
    }
}
