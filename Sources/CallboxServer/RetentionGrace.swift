internal import CallboxConfiguration
package import Deliveries
package import Journal
internal import ReportIndex

extension OpenArchive {
    /// The waiting time before new settings delete entries, unless a person confirms the settings.
    static let retentionGrace: Duration = .seconds(86_400)

    /// Records the settings if they differ from the last recorded settings, or if a person confirms them now.
    package func archiveRetention(isConfirmed: Bool) throws {
        let settings = retention().settings
        try indexEverything()
        let last = try reader().recordedRetention().first
        if last?.settings == settings, last?.isConfirmed == true || !isConfirmed { return }
        // Without settings nothing is deleted, so an archive without settings needs no record.
        if last == nil, retention().isEmpty { return }
        _ = try append([.record(.retention(RetentionRecord(settings: settings, isConfirmed: isConfirmed)))])
    }

    /// The settings that apply together: the newest settings and, during their grace time, the previous settings. Nil
    /// if no removal is allowed.
    ///
    /// Settings that were replaced during their grace time also apply, together with the last settings that took
    /// effect. Otherwise two changes in a row would shorten the grace time.
    package func effectiveRetention() throws -> (retentions: [Retention], actsAt: Timestamp?)? {
        let recorded = try reader().recordedRetention()
        guard let newest = recorded.first, newest.settings == retention().settings else { return nil }
        let now = now()
        var retentions: [Retention] = []
        var isInForce = false
        for record in recorded where !isInForce {
            // Recorded settings that cannot be read count as settings that keep all entries.
            retentions.append(Retention(settings: record.settings) ?? Retention())
            isInForce = record.isConfirmed || record.actsAt <= now
        }
        // Before the first settings took effect, the archive kept all deliveries.
        if !isInForce { retentions.append(Retention()) }
        return (retentions, retentions.count > 1 ? newest.actsAt : nil)
    }
}

extension RecordedRetention {
    fileprivate var actsAt: Timestamp {
        recordedAt.advanced(byMilliseconds: OpenArchive.retentionGrace.milliseconds)
    }
}
