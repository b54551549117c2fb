internal import Deliveries
internal import Journal
internal import ReportIndex

extension OpenArchive {
    /// How long settings that delete more than those before them wait until they act, unless a person confirms them.
    static let retentionGrace: Duration = .seconds(86_400)

    /// Records the settings if they differ from those recorded last, or if a person confirms them now.
    func archiveRetention(isConfirmed: Bool) throws(CommandFailure) {
        let settings = retention().settings
        try indexEverything()
        let reader = try reader()
        let last = try reading { () throws(ArchiveReadFailure) in try reader.recordedRetention() }.last
        if last?.settings == settings, last?.isConfirmed == true || !isConfirmed { return }
        // Keeping everything forever deletes nothing, so nothing has to be remembered before the first setting.
        if last == nil, retention().isEmpty { return }
        _ = try append([.record(.retention(RetentionRecord(settings: settings, isConfirmed: isConfirmed)))])
    }

    /// The settings that hold together now: during the grace time the ones before too. Nil when nothing may be removed.
    func effectiveRetention() throws(CommandFailure) -> (retentions: [Retention], actsAt: Timestamp?)? {
        let reader = try reader()
        let recorded = try reading { () throws(ArchiveReadFailure) in try reader.recordedRetention() }
        guard let last = recorded.last, last.settings == retention().settings else { return nil }
        let actsAt = last.recordedAt.advanced(byMilliseconds: Self.retentionGrace.milliseconds)
        if last.isConfirmed || actsAt <= now() { return ([retention()], nil) }
        let before = recorded.previous.flatMap { Retention(settings: $0.settings) } ?? Retention()
        return ([retention(), before], actsAt)
    }
}
