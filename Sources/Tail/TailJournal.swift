internal import Journal
internal import ReportIndex

/// Writes the position of a tail for `--since-last`, at most once a second and at the end.
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

    /// Opens the file. The name of the file depends on the real path of the archive. This path is known only when the
    /// archive exists.
    mutating func open(_ archive: ArchiveDirectory) {
        file = TailStateFile(for: archive, environment: environment)
    }

    /// The stored state of the last tail.
    var kept: TailStateFile.Content {
        file?.read() ?? .none
    }

    /// Writes the position if it has changed and a second has passed since the last write.
    mutating func keep(_ position: FeedPosition, _ mark: ChainMark?, at now: ContinuousClock.Instant) {
        if let written, now - written.at < Self.interval { return }
        keep(position, mark, now)
    }

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
