internal import CallboxConfiguration
package import Deliveries
package import Journal
internal import ReportIndex

extension OpenArchive {
    /// How long new settings wait before they delete anything, unless a person confirms them.
    static let retentionGrace: Duration = .seconds(86_400)

    /// Records the settings if they differ from those recorded last, or if a person confirms them now.
    package func archiveRetention(isConfirmed: Bool) throws {
        let settings = retention().settings
        try indexEverything()
        let last = try reader().recordedRetention().first
        if last?.settings == settings, last?.isConfirmed == true || !isConfirmed { return }
        // Without any settings nothing is deleted, so there is no record before the first ones.
        if last == nil, retention().isEmpty { return }
        _ = try append([.record(.retention(RetentionRecord(settings: settings, isConfirmed: isConfirmed)))])
    }

    /// The settings that apply together: the newest and, during their grace time, the previous ones. Nil if no removal
    /// is allowed.
    ///
    /// Settings that were replaced during their grace time also apply, together with the last ones that took effect:
    /// two changes in a row must not shorten the grace time.
    package func effectiveRetention() throws -> (retentions: [Retention], actsAt: Timestamp?)? {
        let recorded = try reader().recordedRetention()
        guard let newest = recorded.first, newest.settings == retention().settings else { return nil }
        let now = now()
        var retentions: [Retention] = []
        var isInForce = false
        for record in recorded where !isInForce {
            // Settings that cannot be read keep everything.
            retentions.append(Retention(settings: record.settings) ?? Retention())
            isInForce = record.isConfirmed || record.actsAt <= now
        }
        // Before the first settings, every delivery was kept.
        if !isInForce { retentions.append(Retention()) }
        return (retentions, retentions.count > 1 ? newest.actsAt : nil)
    }
}

extension RecordedRetention {
    fileprivate var actsAt: Timestamp {
        recordedAt.advanced(byMilliseconds: OpenArchive.retentionGrace.milliseconds)
    }
}
