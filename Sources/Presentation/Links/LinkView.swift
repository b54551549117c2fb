package import Deliveries
internal import Journal
package import Providers
internal import Redaction
package import ReportIndex
package import StrictJSON
package import TerminalOutput

/// One link on a terminal and as JSON.
package enum LinkView {
    /// The lines: the link, its reports, the missing reports and its follow-ups. Secret keys are masked.
    package static func lines(
        _ progress: LinkProgress, _ followUps: [FollowUpRecord], _ providers: ProviderCatalog, on console: Console
    ) -> [String] {
        let link = progress.link
        var lines = [
            console.styled("Link \(link.id)", .bold) + "  \(TerminalText.escape(link.order.provider))",
            "  requested  \(console.time(link.createdAt)) at \(TerminalText.escape(link.order.api))",
            "  state      \(link.state.rawValue)\(link.note.map { ": \(TerminalText.escape($0))" } ?? "")",
        ]
        if let expiresAt = link.order.expiresAt { lines.append("  expires    \(console.time(expiresAt))") }
        lines.append("  URL        not stored; 'callbox links create' printed it")
        for key in ownKeys(link) {
            lines.append("  \(TerminalText.escape("\(key.name)=\(shown(key, providers, masks: true))"))")
        }
        if let externalInfo = link.order.externalInfo {
            lines.append("  external   \(TerminalText.escape(PersonalData.shown(json: externalInfo)))")
        }
        func section(_ title: String, _ entries: [String], none: String?) {
            guard !entries.isEmpty || none != nil else { return }
            lines += ["", console.styled(title, .bold)] + (entries.isEmpty ? none.map { ["  \($0)"] } ?? [] : entries)
        }
        func rows(_ columns: [Table.Column], _ rows: [[Table.Cell]]) -> [String] {
            let table = Table(columns: [.text("")] + columns, rows: rows.map { [.init("")] + $0 })
            return rows.isEmpty ? [] : Array(table.lines(on: console).dropFirst())
        }
        section(
            "Arrived",
            rows(
                [.text(""), .text("", shortest: 28), .text("")],
                progress.arrivals.map { arrival in
                    [
                        .init(console.time(arrival.receivedAt)), .init(arrival.type, .cyan),
                        .init("callbox show \(arrival.deliveryID)"),
                    ]
                }), none: "nothing yet")
        section(
            "Missing", progress.missing.map { "  " + console.styled(TerminalText.escape($0.description), .red) },
            none: progress.isPending ? "any report" : "nothing")
        section(
            "Follow-ups",
            rows(
                [.text(""), .text("", shortest: 12), .text(""), .wrapped("")],
                followUps.map { record in
                    let next = record.nextAttemptAt.map { "next try \(console.time($0))" }
                    let result = record.fetched.map { "callbox show \($0)" } ?? record.problem
                    return [
                        .init(record.followUp.order.task), .init(record.followUp.order.subject, .dim),
                        record.state.cell, .init([next, result].compactMap { $0 }.joined(separator: ": ")),
                    ]
                }), none: nil)
        return lines
    }

    /// The JSON object of a link, without the follow-ups, which only `links show` includes.
    ///
    /// - Parameter masks: whether to mask personal data.
    package static func json(
        _ progress: LinkProgress, _ providers: ProviderCatalog, masks: Bool = false
    ) -> JSONText {
        .object(members(progress, providers, masks: masks))
    }

    /// The JSON object of `links show`, with the follow-ups.
    package static func json(
        _ progress: LinkProgress, _ followUps: [FollowUpRecord], _ providers: ProviderCatalog, masks: Bool = false
    ) -> JSONText {
        let followUps = followUps.map { JSONText.object(FollowUpRecord.members.object($0)) }
        return .object(members(progress, providers, masks: masks) + [.init("followUps", .array(followUps))])
    }

    private static func members(
        _ progress: LinkProgress, _ providers: ProviderCatalog, masks: Bool
    ) -> [JSONText.Member] {
        let link = progress.link
        return [
            .init("id", .integer(link.id.rawValue)), .init("createdAt", .string(link.createdAt.rfc3339)),
            .init("provider", .string(link.order.provider)), .init("api", .string(link.order.api)),
            .init("state", .string(link.state.rawValue)), .init("note", .optional(link.note)),
            .init("expiresAt", .optional(link.order.expiresAt?.rfc3339)),
            .init(
                "keys",
                .array(
                    ownKeys(link).map {
                        .object([
                            .init("name", .string($0.name)),
                            .init("value", .string(shown($0, providers, masks: masks))),
                        ])
                    })),
            .init("externalInfo", externalInfo(link, masks: masks).map { .raw($0) } ?? .null),
            .init("expectations", .array(link.order.expectations.map { .string($0.description) })),
            .init("missing", .array(progress.missing.map { .string($0.description) })),
            .init("isPending", .boolean(progress.isPending)),
            .init(
                "arrivals",
                .array(
                    progress.arrivals.map {
                        .object([
                            .init("type", .string($0.type)), .init("deliveryId", .integer($0.deliveryID.rawValue)),
                            .init("receivedAt", .string($0.receivedAt.rfc3339)),
                        ])
                    })),
        ]
    }

    /// The link's keys, except the leaf values of externalInfo.
    package static func ownKeys(_ link: Link) -> [ReportField] {
        link.order.keys.filter { !$0.name.hasPrefix("externalInfo.") }
    }

    /// The key as text. A key that opens the link is masked.
    static func shown(_ key: ReportField, _ providers: ProviderCatalog, masks: Bool) -> String {
        guard !providers.secretLinkKeys.contains(key.name) else { return Masking.mask }
        return masks ? PersonalData.shown(key.value, name: key.name) : key.value
    }

    static func externalInfo(_ link: Link, masks: Bool) -> String? {
        link.order.externalInfo.map { masks ? PersonalData.shown(json: $0) : $0 }
    }
}

extension LinkProgress {
    /// The reports that a pending link waits for.
    var missingText: String {
        missing.isEmpty ? "any report" : missing.map(\.description).joined(separator: " ")
    }

    /// The columns of `links list`. JSON has more members; see `LinkView.json`.
    ///
    /// - Parameter masks: whether CSV masks personal data, as tables do.
    package static func members(_ providers: ProviderCatalog, masks: Bool = false) -> [RowMember<LinkProgress>] {
        func keys(_ progress: LinkProgress, masks: Bool) -> String {
            // A short column shows only the first key, so masked keys are last.
            let keys = LinkView.ownKeys(progress.link)
            let shown = keys.filter { !providers.secretLinkKeys.contains($0.name) }
            let masked = keys.filter { providers.secretLinkKeys.contains($0.name) }
            return (shown + masked).map { "\($0.name)=\(LinkView.shown($0, providers, masks: masks))" }
                .joined(separator: " ")
        }
        return [
            .init("id", .number("LINK"), .bold) { .integer($0.link.id.rawValue) },
            .time("createdAt", .text("REQUESTED", leavesAs: 5)) { $0.link.createdAt },
            .init("provider", .text("PROVIDER", shortest: 8)) { .string($0.link.order.provider) },
            .init("state", .text("STATE")) {
                .string($0.link.state.rawValue)
            } cell: {
                $0.link.state.cell
            },
            .init("arrived", .number("ARRIVED", leavesAs: 3)) { .integer(Int64($0.arrivals.count)) },
            .init("missing", .text("MISSING", shortest: 34)) {
                .string($0.missing.map(\.description).joined(separator: " "))
            } cell: {
                $0.isPending ? .init($0.missingText, .red) : .init("-", .dim)
            },
            .init("expiresAt") { .optional($0.link.order.expiresAt?.rfc3339) },
            .init("keys", .text("KEYS", shortest: 16, leavesAs: 1)) {
                .string(keys($0, masks: masks))
            } cell: {
                .init(keys($0, masks: true))
            },
            .init("externalInfo", .text("EXTERNAL INFO", shortest: 14, leavesAs: 2)) {
                .optional(LinkView.externalInfo($0.link, masks: masks))
            } cell: {
                .init(ReportRow.externalInfo($0.link.order.externalInfo))
            },
            .init("note") { .optional($0.link.note) },
        ]
    }
}

extension FollowUpRecord {
    /// The columns of `links list --follow-ups`.
    package static var members: [RowMember<FollowUpRecord>] {
        [
            .init("id", .number("ID"), .bold) { .integer($0.followUp.id) },
            .init("source") { .string($0.followUp.order.source) },
            .init("task", .text("TASK")) { .string($0.followUp.order.task) },
            .init("subject", .text("SUBJECT", shortest: 12)) { .string($0.followUp.order.subject) },
            .init("state", .text("STATE")) {
                .string($0.state.rawValue)
            } cell: {
                $0.state.cell
            },
            .init("tries", .number("TRIES", leavesAs: 1)) { .integer(Int64($0.followUp.attemptCount)) },
            .init("cause") { $0.followUp.order.cause.map { .integer($0.rawValue) } ?? .null },
            .init("fetched", .number("FETCHED", leavesAs: 2)) { $0.fetched.map { .integer($0.rawValue) } ?? .null },
            .time("nextAttemptAt", .text("NEXT TRY", leavesAs: 3)) { $0.nextAttemptAt },
            .init("problem", .text("PROBLEM", shortest: 24)) { .optional($0.problem) },
        ]
    }
}

extension LinkState {
    var cell: Table.Cell {
        switch self {
        case .created: .init(rawValue, .green)
        case .requested: .init(rawValue, .yellow)
        case .failed: .init(rawValue, .red)
        case .cancelled, .dismissed: .init(rawValue, .dim)
        }
    }
}

extension FollowUpState {
    fileprivate var cell: Table.Cell {
        switch self {
        case .waiting: .init(rawValue, .yellow)
        case .done: .init(rawValue, .green)
        case .failed: .init(rawValue, .red)
        }
    }
}
