internal import CallboxConfiguration
package import Deliveries
internal import Journal
internal import Redaction
package import ReportIndex
internal import StrictJSON
internal import TerminalOutput

/// A report as a row. The names are a stable interface; docs/cli-json.md lists them.
package enum ReportRow {
    /// The members, in the order of the columns of `list`.
    ///
    /// - Parameters:
    ///   - now: the time from which tables compute ages; nil to show times.
    ///   - masks: whether to mask personal data in JSON and CSV, as in tables.
    ///   - isRevealed: whether to show personal data in tables.
    ///   - countsAttempts: whether each row is an attempt; attempts are shown as `1/2` instead of `2`.
    package static func members(
        now: Timestamp? = nil, masks: Bool = false, isRevealed: Bool = false, countsAttempts: Bool = false
    ) -> [RowMember<ReportSummary>] {
        [
            .init("id", .number("ID")) {
                .integer($0.deliveryID.rawValue)
            } cell: {
                .init($0.numberText, .bold)
            },
            .onlyTable(.text("")) { mark($0.verification) },
            .init("ordinal") { .integer(Int64($0.ordinal)) },
            .time("receivedAt", .text("RECEIVED"), now: now) { $0.receivedAt },
            .init("source") { .string($0.source) },
            .init("provider", .text("PROVIDER", leavesAs: 1)) { .string($0.provider) },
            .init("type", .text("TYPE", shortest: 28)) {
                .string($0.type)
            } cell: {
                type($0)
            },
            .init("rule") { .optional($0.route?.rule.rawValue) },
            .init("topic", .text("TOPIC", shortest: 8, leavesAs: 4)) { .optional($0.route?.topic) },
            .init("externalInfo", .text("EXTERNAL INFO", shortest: 12, leavesAs: 5)) { report in
                report.externalInfo.map { .raw(masks ? PersonalData.shown(json: $0) : $0) } ?? .null
            } cell: {
                .init(externalInfo($0.externalInfo, isRevealed: isRevealed))
            },
            .init("providerTime", time: \.providerTime),
            .init("attempt", .number("TRIES", leavesAs: 3)) {
                .integer(Int64($0.attemptNumber))
            } cell: { report in
                .init(
                    report.attemptNumber == 1 && !(countsAttempts && report.attemptCount > 1)
                        ? "\(report.attemptCount)" : "\(report.attemptNumber)/\(report.attemptCount)")
            },
            .init("attempts") { .integer(Int64($0.attemptCount)) },
            .init("lastId") { .integer($0.lastDeliveryID.rawValue) },
            .init("lastReceivedAt", time: \.lastReceivedAt),
            .init("verification") { .string($0.verification.rawValue) },
            .init("secret") { .optional($0.secretName) },
            .init("bodyBytes", .number("SIZE", leavesAs: 2)) {
                .integer(Int64($0.bodyByteCount))
            } cell: { report in
                report.isBodyPruned
                    ? .init("pruned", .dim) : .init(HumanText.byteCount(Int64(report.bodyByteCount)))
            },
            .init("storedBytes") { .integer(Int64($0.storedByteCount)) },
            .init("bodySHA256") { .optional($0.bodySHA256.isEmpty ? nil : Hex.encode($0.bodySHA256)) },
            .init("problem") { .optional($0.problem) },
            .init("bodyPruned") { .boolean($0.isBodyPruned) },
        ]
    }

    static let names = members().compactMap(\.name)

    private static func mark(_ verification: Verification) -> Table.Cell {
        switch verification {
        case .verified: .init("✓", .green)
        case .unverified: .init("·", .dim)
        case .fetched: .init("↓", .cyan)
        case .failed, .expired: .init("✗", .red)
        }
    }

    private static func type(_ report: ReportSummary) -> Table.Cell {
        .init(report.type, report.type == ReportContent.unrecognisedType ? .yellow : .cyan)
    }

    /// The first eight scalar members, such as `traceId=t-1 customer=…`.
    static func externalInfo(_ json: String?, isRevealed: Bool = false) -> String {
        guard let json, let document = try? JSONDocument(parsing: Array(json.utf8)) else { return "" }
        return document.root.members.prefix(8).compactMap { member in
            member.value.scalarText.map { text in
                "\(member.name)=" + (isRevealed ? text : PersonalData.shown(text, name: member.name))
            }
        }.joined(separator: " ")
    }
}

extension Array where Element == RowMember<ReportSummary> {
    /// The members with these names, in the same order. Each member also gets a column. `externalInfo.NAME` is a member
    /// of externalInfo.
    ///
    /// - Parameters:
    ///   - list: the names, separated by commas.
    ///   - masks: whether to mask personal data of externalInfo in JSON and CSV.
    ///   - isRevealed: whether to show personal data in tables.
    /// - Throws: `unknownMember` or `memberNamedTwice`.
    package func selecting(
        _ list: String, masks: Bool = false, isRevealed: Bool = false
    ) throws(PresentationError) -> Self {
        var chosen: Self = []
        for part in list.split(separator: ",", omittingEmptySubsequences: false) {
            let name = part.split(separator: " ").joined(separator: " ")
            let external = ExternalInfoColumn(name)?.member(masks: masks, isRevealed: isRevealed)
            guard let member = first(where: { $0.name == name }) ?? external else {
                throw .unknownMember(name, known: ReportRow.names)
            }
            guard !chosen.contains(where: { $0.name == name }) else { throw .memberNamedTwice(name) }
            chosen.append(member.withColumn())
        }
        return chosen
    }
}
