internal import Journal
internal import ReportIndex

/// Keeps where a tail is, so that the next one can go on from there: at most once a second, and at the end.
struct TailJournal {
    private static let interval: Duration = .seconds(1)

    private let environment: [String: String]
    private let note: @Sendable (TailNote) -> Void
    private var file: TailStateFile?
    private var written: (state: TailState, at: ContinuousClock.Instant)?
    private var hasFailed = false

    init(environment: [String: String], note: @escaping @Sendable (TailNote) -> Void) {
        self.environment = environment
        self.note = note
    }

    /// The file is named by where the archive really is, which is known once it is there.
    mutating func open(_ archive: ArchiveDirectory) {
        file = TailStateFile(for: archive, environment: environment)
    }

    /// What the last tail left.
    var kept: TailStateFile.Content {
        file?.read() ?? .none
    }

    /// Writes the position where the last time is long enough ago and something has changed.
    mutating func keep(_ position: FeedPosition, _ mark: ChainMark?, at now: ContinuousClock.Instant) {
        if let written, now - written.at < Self.interval { return }
        keep(position, mark, now)
    }

    /// Writes the position now.
    mutating func keep(_ position: FeedPosition, _ mark: ChainMark?) {
        keep(position, mark, .now)
    }

    private mutating func keep(_ position: FeedPosition, _ mark: ChainMark?, _ now: ContinuousClock.Instant) {
        let state = TailState(position: position, mark: mark)
        guard let file, !hasFailed, state != written?.state else { return }
        if file.write(state) {
            written = (state, now)
        } else {
            hasFailed = true
            note(.stateNotWritten(path: file.path))
        }
    }
}
