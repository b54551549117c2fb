internal import Analysis
internal import CallboxConfiguration
internal import Presentation
internal import TerminalOutput

extension CommandFailure {
    init(_ error: PresentationError) {
        switch error {
        case .noDelivery(let id): self = .noSuchDelivery(id)
        case .noReport(let id, let ordinal, let count):
            self.init(
                .negative, "delivery \(id) has no report \(ordinal)",
                advice: "It has \(HumanText.count(count, "report")). Run 'callbox show \(id)'.")
        case .notAnArray(let id):
            self.init(.negative, "the body of delivery \(id) is not a JSON array", advice: "Omit --part.")
        case .noPart(let id, let count):
            self.init(
                .negative, "the body of delivery \(id) has only \(HumanText.count(count, "part"))",
                advice: "Use --part with a number from 1 to \(count).")
        case .notMaskable(let id):
            self.init(
                .negative, "the body of delivery \(id) is not text, so it cannot be masked",
                advice: "Use --reveal for the exact bytes.")
        case .unknownMember(let name, let known):
            self.init(
                .usage, "'\(TerminalText.escape(name))' is not a member of a report",
                advice: NearestName.of(name, among: known).map { "Did you mean '\($0)'?" }
                    ?? "The members are \(known.joined(separator: ", ")), and externalInfo.NAME.")
        case .memberNamedTwice(let name): self.init(.usage, "the member '\(name)' is listed twice")
        }
    }

    init(_ error: AnalysisError) {
        switch error {
        case .archiveIsEmpty:
            self.init(
                .missingInput, "the archive has no reports yet", advice: "Run 'callbox serve' to receive deliveries.")
        case .noDelivery(let id):
            self.init(
                .missingInput, "there is no delivery \(id) in this archive", advice: "Run 'callbox list' for the IDs."
            )
        case .noReport(let id, let ordinal):
            self.init(
                .missingInput, "delivery \(id) has no report \(ordinal)", advice: "Run 'callbox list' for the IDs.")
        case .noEarlierReport(let label, let id):
            self.init(
                .missingInput,
                "no earlier report has the same type and the same link, case or person as report \(label)",
                advice: "Name two reports, or run 'callbox timeline \(id)' for the related reports.")
        case .notJSON(let id, let reason):
            self.init(
                .damagedData, "the body of delivery \(id) is not JSON: \(reason)",
                advice: "Use another program to compare the output of 'callbox show \(id) --body'.")
        }
    }
}
