internal import Deliveries
internal import Journal
internal import Providers
internal import Redaction
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

/// What the ledger tells of one link.
enum LinkView {
    static func lines(_ progress: LinkProgress, on console: Console) -> [String] {
        let link = progress.link
        var lines = [
            console.styled("Link \(link.id)", .bold) + "  \(TerminalText.escape(link.order.provider))",
            "  asked for  \(HumanText.time(link.createdAt)) at \(TerminalText.escape(link.order.api))",
            "  state      \(link.state.rawValue)\(link.note.map { ": \(TerminalText.escape($0))" } ?? "")",
        ]
        if let expiresAt = link.order.expiresAt { lines.append("  expires    \(HumanText.time(expiresAt))") }
        for key in ownKeys(link) { lines.append("  \(TerminalText.escape("\(key.name)=\(shown(key))"))") }
        if let externalInfo = link.order.externalInfo {
            lines.append("  external   \(TerminalText.escape(PersonalData.shown(json: externalInfo)))")
        }
        lines += ["", console.styled("Came", .bold)]
        lines += progress.arrivals.map { arrival in
            "  \(HumanText.time(arrival.receivedAt))  \(TerminalText.escape(arrival.type))"
                + "  callbox show \(arrival.deliveryID)"
        }
        if progress.arrivals.isEmpty { lines.append("  nothing yet") }
        lines += ["", console.styled("Pending", .bold)]
        lines += progress.missing.map { "  " + console.styled(TerminalText.escape($0.description), .red) }
        if progress.missing.isEmpty {
            lines.append(progress.isPending ? "  anything at all" : "  nothing")
        }
        return lines
    }

    static func json(_ progress: LinkProgress) -> JSONText {
        let link = progress.link
        return .object([
            .init("id", .integer(link.id.rawValue)), .init("createdAt", .string(link.createdAt.rfc3339)),
            .init("provider", .string(link.order.provider)), .init("api", .string(link.order.api)),
            .init("state", .string(link.state.rawValue)), .init("note", .optional(link.note)),
            .init("expiresAt", .optional(link.order.expiresAt?.rfc3339)),
            .init(
                "keys",
                .array(
                    ownKeys(link).map {
                        .object([.init("name", .string($0.name)), .init("value", .string(shown($0)))])
                    })),
            .init("externalInfo", link.order.externalInfo.map { .raw($0) } ?? .null),
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
        ])
    }

    static func stateCell(_ state: LinkState) -> Table.Cell {
        switch state {
        case .created: .init(state.rawValue, .green)
        case .requested: .init(state.rawValue, .yellow)
        case .failed: .init(state.rawValue, .red)
        case .disabled, .dismissed: .init(state.rawValue, .dim)
        }
    }

    static func pending(_ progress: LinkProgress) -> String {
        progress.missing.isEmpty ? "anything" : progress.missing.map(\.description).joined(separator: " ")
    }

    /// The keys that are the provider's: the leaves of externalInfo are shown as such.
    static func ownKeys(_ link: Link) -> [ReportField] {
        link.order.keys.filter { !$0.name.hasPrefix("externalInfo.") }
    }

    /// Keys that open the link are masked.
    static func shown(_ key: ReportField) -> String {
        CallboxCommand.providers.secretLinkKeys.contains(key.name) ? Masking.mask : key.value
    }
}
