internal import ArgumentParser
internal import Replay
internal import ReportIndex

/// A replay run on the command line: its number, or `latest`.
enum RunReference: ExpressibleByArgument {
    case number(Int64)
    case latest

    init?(argument: String) {
        if argument == "latest" {
            self = .latest
        } else if let number = Int64(argument), number > 0 {
            self = .number(number)
        } else {
            return nil
        }
    }

    /// The run. Throws if the archive has no such run.
    func run(in reader: ArchiveReader) throws -> ReplayRun {
        switch self {
        case .number(let number):
            guard let run = try reader.replayRun(number) else { throw ReplayError.noRun(number) }
            return run
        case .latest:
            guard let run = try reader.replayRuns(limit: 1).first else {
                throw CommandFailure(
                    .missingInput, "nothing was replayed yet", advice: "Run 'callbox replay --help' for examples.")
            }
            return run
        }
    }
}
