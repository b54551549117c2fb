internal import BodyCompression
internal import Deliveries
internal import ReportArchive
internal import StrictJSON

/// What `archive train` writes: for each scope the bodies held out, and what they take one way and the other.
enum TrainingView {
    static func table(_ proposals: [DictionaryProposal]) -> Table {
        Table(
            columns: [
                .init(title: "SOURCE"), .init(title: "KIND", shortestWidth: 8),
                .init(title: "BODIES", alignment: .right),
                .init(title: "HELD OUT", alignment: .right), .init(title: "ZLIB", alignment: .right),
                .init(title: "BEFORE", alignment: .right), .init(title: "AFTER", alignment: .right), .init(title: ""),
            ],
            rows: proposals.map { proposal in
                [
                    .init(proposal.scope.source), proposal.scope.kind.map { .init($0) } ?? .init("all", .dim),
                    .init("\(proposal.bodyCount)"),
                ] + figures(proposal.trial).map { .init($0) } + [verdict(proposal)]
            })
    }

    static func json(_ proposal: DictionaryProposal) -> JSONText {
        func number(_ value: Int?) -> JSONText { value.map { .integer(Int64($0)) } ?? .null }
        return .object([
            .init("source", .string(proposal.scope.source)), .init("kind", .optional(proposal.scope.kind)),
            .init("bodies", number(proposal.bodyCount)), .init("heldOutBytes", number(proposal.trial?.rawByteCount)),
            .init("zlibBytes", number(proposal.trial?.plainByteCount)),
            .init("beforeBytes", number(proposal.trial?.currentByteCount)),
            .init("afterBytes", number(proposal.trial?.candidateByteCount)),
            .init("kept", .boolean(proposal.dictionary != nil)),
        ])
    }

    /// Bytes held out, and what share of them each way takes.
    private static func figures(_ trial: DictionaryTrial?) -> [String] {
        guard let trial, trial.rawByteCount > 0 else { return ["-", "-", "-", "-"] }
        func share(_ count: Int) -> String {
            let tenths = (count * 1000 + trial.rawByteCount / 2) / trial.rawByteCount
            return "\(tenths / 10).\(tenths % 10) %"
        }
        return [
            HumanText.byteCount(Int64(trial.rawByteCount)), share(trial.plainByteCount), share(trial.currentByteCount),
            share(trial.candidateByteCount),
        ]
    }

    private static func verdict(_ proposal: DictionaryProposal) -> Table.Cell {
        if proposal.dictionary != nil { return .init("better", .green) }
        return .init(proposal.trial == nil ? "too little in common" : "not worth it", .dim)
    }
}
