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

    /// For JSON: the members of the report and `matches`.
    ///
    /// - Parameter masks: whether personal data is masked.
    package static func members(masks: Bool) -> [RowMember<SearchHit>] {
        let report = ReportRow.members(masks: masks).filter { $0.name != nil }.map { member in
            RowMember<SearchHit>(member.name ?? "") { member.value($0.report) }
        }
        return report + [
            .init("matches") { hit in
                .array(
                    hit.excerpts.map { excerpt in
                        let text = masks ? PersonalData.shown(excerpt.text, name: excerpt.lastName) : excerpt.text
                        return .object([.init("path", .optional(excerpt.path)), .init("text", .string(text))])
                    })
            }
        ]
    }

    /// A line for the report, then a line for each match.
    ///
    /// - Parameter now: the age of the report at this time is shown; nil for its time.
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
    /// The name of the member with the match.
    fileprivate var lastName: String? {
        path.flatMap(JSONPath.init)?.lastName
    }
}
