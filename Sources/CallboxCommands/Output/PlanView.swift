internal import Journal
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

/// How a query would go about it, for `--explain`.
struct PlanView {
    let plan: ReportPlan

    init(_ plan: ReportPlan) {
        self.plan = plan
    }

    init(of filter: ReportFilter, _ reader: ArchiveReader) throws(CommandFailure) {
        self.init(try translating { try reader.plan(of: filter) })
    }

    func print(_ format: OutputFormat, on console: Console) throws {
        for line in format == .table ? lines : [json.line] { try console.print(line) }
    }

    var lines: [String] {
        guard plan.lead != .nothing, let deliveries = plan.deliveries else {
            return ["nothing can match: the filter names what no report has, or a time in which none arrived"]
        }
        var lines = [
            "1. candidates: \(lead)",
            "   among deliveries \(deliveries.lowerBound) to \(deliveries.upperBound): \(count)",
        ]
        if plan.looksAtRows { lines.append("2. of each the row is looked at: time, verification, further fields") }
        if plan.opensBodies {
            lines.append(
                "\(lines.count == 2 ? 2 : 3). of each that is left the body is opened, on every core, newest first")
        } else {
            lines.append("   no body is opened")
        }
        return lines
    }

    var json: JSONText {
        .object([
            .init("lead", .string(leadName)),
            .init("firstDelivery", plan.deliveries.map { .integer($0.lowerBound) } ?? .null),
            .init("lastDelivery", plan.deliveries.map { .integer($0.upperBound) } ?? .null),
            .init("candidates", .integer(Int64(plan.candidateCount))),
            .init("isCandidateCountExact", .boolean(plan.candidateCount < ReportPlan.candidateLimit)),
            .init("looksAtRows", .boolean(plan.looksAtRows)), .init("opensBodies", .boolean(plan.opensBodies)),
        ])
    }

    private var count: String {
        plan.candidateCount < ReportPlan.candidateLimit
            ? HumanText.count(plan.candidateCount, "report") : "\(ReportPlan.candidateLimit) reports or more"
    }

    private var lead: String {
        switch plan.lead {
        case .nothing: "none"
        case .field(let name): "the index of fields, by '\(TerminalText.escape(name))'"
        case .fieldTest(let name): "every value of '\(TerminalText.escape(name))' in the index of fields"
        case .categories(let count):
            "the index by source, type and topic: \(HumanText.count(count, "combination")) of them"
        case .verification: "every row of the journal, by what vouched for it"
        case .everything: "every report, newest first"
        }
    }

    private var leadName: String {
        switch plan.lead {
        case .nothing: "nothing"
        case .field: "field"
        case .fieldTest: "fieldTest"
        case .categories: "categories"
        case .verification: "verification"
        case .everything: "everything"
        }
    }
}
