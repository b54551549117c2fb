internal import Journal
package import ReportIndex
package import StrictJSON
internal import TerminalOutput

/// The plan of a query: the index that provides the candidates, and the checks of each candidate.
package struct PlanView {
    let plan: ReportPlan

    package init(_ plan: ReportPlan) {
        self.plan = plan
    }

    /// The numbered steps for a terminal.
    package var lines: [String] {
        guard plan.lead != .nothing, let deliveries = plan.deliveries else {
            return ["no report can match: a name in the filter is unknown, or no delivery arrived in the time range"]
        }
        var lines = [
            "1. candidates from \(lead)",
            "   deliveries \(deliveries.lowerBound) to \(deliveries.upperBound): \(count)",
        ]
        if plan.looksAtRows { lines.append("2. check the time, verification and other fields of each row") }
        if plan.opensBodies {
            lines.append(
                "\(lines.count == 2 ? 2 : 3). read the remaining bodies, newest first, on all cores")
        } else {
            lines.append("   no body is read")
        }
        return lines
    }

    /// The plan as one JSON object. docs/cli-json.md lists the names.
    package var json: JSONText {
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
        case .field(let name): "the field index, '\(TerminalText.escape(name))'"
        case .fieldTest(let name): "the field index, all values of '\(TerminalText.escape(name))'"
        case .categories(let count):
            "the category index, \(HumanText.count(count, "combination")) of source, type and topic"
        case .verification: "all deliveries, by verification"
        case .everything: "all reports, newest first"
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
