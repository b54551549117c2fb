internal import Deliveries
package import Redaction
package import Replay
package import TerminalOutput

/// Describes what a replay is going to send.
package struct ReplayPreview {
    private let selection: DeliverySelection
    /// The request for the first delivery.
    private let first: ReplayPlan
    private let settings: ReplaySettings

    package init(_ selection: DeliverySelection, _ first: ReplayPlan, _ settings: ReplaySettings) {
        self.selection = selection
        self.first = first
        self.settings = settings
    }

    /// The deliveries by source, type and verification, largest group first, and the totals.
    package func lines(on console: Console) -> [String] {
        let table = Table(
            columns: [
                .text("SOURCE"), .text("TYPE", shortest: 12), .text("VERIFICATION"), .number("DELIVERIES"),
            ],
            rows: selection.shares.map { share, count in
                let isDoubtful = [Verification.failed, .expired].map(\.rawValue).contains(share.verification)
                return [
                    .init(share.source), .init(share.type, .cyan),
                    .init(share.verification, isDoubtful ? .red : nil), .init("\(count)"),
                ]
            })
        var total = "\(size), to \(target)"
        if let from = selection.firstReceivedAt, let to = selection.lastReceivedAt {
            total = "\(size), from \(console.time(from)) to \(console.time(to)), to \(target)"
        }
        let options = settings.description
        return table.lines(on: console) + [total] + (options.isEmpty ? [] : [TerminalText.escape(options)])
    }

    /// The size of the replay as text, including repetitions: `17 deliveries, 13.4 KB of bodies`.
    package var size: String {
        let times = settings.repetitionCount > 1 ? ", \(settings.repetitionCount) times" : ""
        return HumanText.count(selection.count, "delivery", "deliveries") + times
            + ", \(HumanText.byteCount(selection.byteCount)) of bodies"
    }

    package var target: String {
        let other = settings.comparedURL.map { " and \(TerminalText.escape(ReplayPlan.urlWithoutSecrets($0)))" }
        return TerminalText.escape(first.urlWithoutQuery) + (other ?? "")
    }

    /// Lists the deliveries that are not sent, by reason, with the first IDs of each reason.
    package static func omissions(_ selection: DeliverySelection) -> [String] {
        selection.omissions.sorted { $0.value[0] < $1.value[0] }.map { omission, ids in
            let shown = ids.prefix(10).map(\.description).joined(separator: ", ") + (ids.count > 10 ? ", …" : "")
            let count = HumanText.count(ids.count, "delivery", "deliveries")
            switch omission {
            case .pruned: return "skipped \(count) with a pruned body: \(shown)"
            case .doubtful(.unproved):
                return "skipped \(count) that failed verification; use --include unproved to send them: \(shown)"
            case .doubtful(.fetched):
                return "skipped \(count) that Callbox fetched; use --include fetched to send them: \(shown)"
            }
        }
    }

    /// Shows one request, with credentials and personal data masked.
    package static func lines(_ plan: ReplayPlan, _ secrets: ProviderSecrets) -> [String] {
        ["\(TerminalText.escape(plan.method)) \(TerminalText.escape(PersonalData.target(plan.url, secrets)))"]
            + plan.headers.map { $0.maskedLine(secrets) } + [
                "",
                "\(HumanText.count(plan.body.count, "byte")) of body"
                    + (plan.isChanged ? ", changed: \(TerminalText.escape(plan.changes.joined(separator: ", ")))" : "")
                    + "; nothing was sent",
            ]
    }
}

extension HeaderField {
    /// `Name: value` for a terminal, with credentials and personal data masked.
    func maskedLine(_ secrets: ProviderSecrets) -> String {
        let value = PersonalData.shown(Masking.value(of: self, secrets), name: name)
        return "\(TerminalText.escape(name)): \(TerminalText.escape(value))"
    }
}
