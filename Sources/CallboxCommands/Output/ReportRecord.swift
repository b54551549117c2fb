internal import CallboxConfiguration
internal import Deliveries
internal import Journal
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

/// A report as JSON and CSV have it. The names are an interface: docs/cli-json.md lists them.
enum ReportRecord {
    static let names = [
        "id", "ordinal", "receivedAt", "source", "provider", "type", "rule", "topic", "externalInfo", "providerTime",
        "attempt", "attempts", "lastId", "lastReceivedAt", "verification", "secret", "bodyBytes", "storedBytes",
        "bodySHA256", "problem", "bodyPruned",
    ]

    static func values(_ report: ReportSummary) -> [JSONText] {
        [
            .integer(report.deliveryID.rawValue), .integer(Int64(report.ordinal)), .string(report.receivedAt.rfc3339),
            .string(report.source), .string(report.provider), .string(report.type),
            .optional(report.route?.rule.rawValue), .optional(report.route?.topic),
            report.externalInfo.map { .raw($0) } ?? .null, .optional(report.providerTime?.rfc3339),
            .integer(Int64(report.attemptNumber)), .integer(Int64(report.attemptCount)),
            .integer(report.lastDeliveryID.rawValue),
            .string(report.lastReceivedAt.rfc3339), .string(report.verification.rawValue), .optional(report.secretName),
            .integer(Int64(report.bodyByteCount)), .integer(Int64(report.storedByteCount)),
            .optional(report.bodySHA256.isEmpty ? nil : Hex.encode(report.bodySHA256)), .optional(report.problem),
            .boolean(report.isBodyPruned),
        ]
    }

    /// Some of the names, in an order of somebody's own.
    struct Choice {
        static let all = Choice(names: ReportRecord.names, places: Array(ReportRecord.names.indices))

        let names: [String]
        private let places: [Int]

        private init(names: [String], places: [Int]) {
            self.names = names
            self.places = places
        }

        /// - Parameter list: names with commas between them.
        init(_ list: String) throws(CommandFailure) {
            var names: [String] = []
            var places: [Int] = []
            for part in list.split(separator: ",", omittingEmptySubsequences: false) {
                let name = part.trimming { $0 == " " }
                guard let place = ReportRecord.names.firstIndex(of: name) else {
                    throw CommandFailure(
                        .usage, "a report has no '\(TerminalText.escape(name))'",
                        advice: NearestName.of(name, among: ReportRecord.names).map { "Did you mean '\($0)'?" }
                            ?? "There are \(ReportRecord.names.joined(separator: ", ")).")
                }
                guard !places.contains(place) else {
                    throw CommandFailure(.usage, "'\(name)' stands twice", advice: "Take out one of them.")
                }
                names.append(name)
                places.append(place)
            }
            self.init(names: names, places: places)
        }

        func values(_ report: ReportSummary) -> [JSONText] {
            let all = ReportRecord.values(report)
            return places.map { all[$0] }
        }

        func json(_ report: ReportSummary) -> JSONText {
            .object(zip(names, values(report)).map { JSONText.Member($0, $1) })
        }
    }
}

extension Substring {
    fileprivate func trimming(_ isEdge: (Character) -> Bool) -> String {
        var rest = drop(while: isEdge)
        while let last = rest.last, isEdge(last) { rest.removeLast() }
        return String(rest)
    }
}
