package import Analysis
package import Deliveries
internal import Journal
internal import Redaction
package import ReportIndex
internal import StrictJSON
package import TerminalOutput

/// A report that a search found.
package struct SearchHit {
    let report: ReportSummary
    let excerpts: [Excerpt]

    package init(report: ReportSummary, excerpts: [Excerpt]) {
        self.report = report
        self.excerpts = excerpts
    }

    /// The members for JSON and CSV: the members of the report, and `matches`.
    ///
    /// - Parameters:
    ///   - masks: whether to mask personal data.
    ///   - joinsMatches: whether to join the matches into one text, as CSV requires.
    package static func members(masks: Bool, joinsMatches: Bool = false) -> [RowMember<SearchHit>] {
        ReportRow.members(masks: masks).compactMap { $0.reading(\SearchHit.report) } + [
            .init("matches") { hit in
                let texts = hit.excerpts.map { excerpt in
                    masks ? PersonalData.shown(excerpt.text, name: excerpt.lastName) : excerpt.text
                }
                let paths = hit.excerpts.map(\.path)
                guard !joinsMatches else {
                    return .string(zip(paths, texts).map { ($0.map { "\($0): " } ?? "") + $1 }.joined(separator: "\n"))
                }
                return .array(
                    zip(paths, texts).map { .object([.init("path", .optional($0)), .init("text", .string($1))]) })
            }
        ]
    }

    /// A line for the report and a line for each match.
    ///
    /// - Parameter now: the time from which the age of the report is computed; nil to show its time.
    package func lines(on console: Console, now: Timestamp?) -> [String] {
        var heading = StyledLine()
        heading.add(report.numberText, .bold)
        heading.add("  \(report.provider)  ")
        heading.add(report.type, .cyan)
        heading.add(
            "  " + (now.map { HumanText.ago(report.receivedAt, now: $0) } ?? console.time(report.receivedAt)), .dim)
        return [heading.text(on: console)]
            + excerpts.map { excerpt in
                var line = StyledLine()
                line.add("  ")
                if let path = excerpt.path { line.add(path + "  ", .dim) }
                let masked = PersonalData.shown(excerpt.text, name: excerpt.lastName)
                if masked == excerpt.text {
                    line.add(excerpt.before)
                    line.add(excerpt.match, .yellow)
                    line.add(excerpt.after)
                } else {
                    line.add(masked)
                }
                return line.text(on: console)
            }
    }
}

extension Excerpt {
    /// The name of the member that contains the match.
    fileprivate var lastName: String? {
        path.flatMap(JSONPath.init)?.lastName
    }
}
