internal import Deliveries
package import Journal
package import ReportIndex

/// The progress that earlier processes made in a run, read from the run's file and the index.
package struct RunProgress: Sendable, Equatable {
    /// The items that have a result.
    package private(set) var ended: Set<Int> = []
    /// The items that were started but have no result. They may have been sent.
    package private(set) var uncertain: Set<Int> = []

    package init() {}

    init(ended: Set<Int>, uncertain: Set<Int>) {
        self.ended = ended
        self.uncertain = uncertain
    }

    /// Reads the file of a run. Returns the results that the archive does not have yet.
    package mutating func read(
        _ folder: RunFolder, _ reader: ArchiveReader
    ) throws -> [JournalRecord] {
        var recorded: Set<Int> = []
        try reader.forEachReplay(inRun: folder.run) { replay in
            if let item = replay.place?.item { recorded.insert(item) }
        }
        ended = recorded
        var missing: [JournalRecord] = []
        RunFileReader.forEach(folder.responsesPath) { line, _ in
            switch line {
            case .started(let item): uncertain.insert(item)
            case .ended(let response):
                ended.insert(response.item)
                if recorded.insert(response.item).inserted {
                    missing.append(.replay(response.record(run: folder.run)))
                }
            }
        }
        uncertain.subtract(ended)
        return missing
    }
}
