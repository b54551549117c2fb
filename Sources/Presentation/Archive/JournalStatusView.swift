internal import Deliveries
package import SharedJournal
package import StrictJSON
package import TerminalOutput

/// The output of `journal status`.
package struct JournalStatusView {
    private let status: JournalStatus

    package init(_ status: JournalStatus) {
        self.status = status
    }

    /// The status as one JSON object. docs/cli-json.md lists the names.
    package var json: JSONText {
        .object([
            .init("place", .string(status.place)), .init("lastId", .integer(status.lastPosition)),
            .init("level", .string(status.level.rawValue)), .init("isLevelMet", .boolean(status.isLevelMet)),
            .init(
                "leader",
                status.leader.map { leader in
                    .object([
                        .init("node", .string(leader.node)), .init("epoch", .integer(leader.epoch)),
                        .init("isCurrent", .boolean(leader.isCurrent)),
                    ])
                } ?? .null),
            .init("lanes", lanesJSON),
        ])
    }

    /// The output of `journal lanes` as a JSON array.
    package var lanesJSON: JSONText {
        .array(
            status.lanes.map { lane in
                .object([
                    .init("name", .string(lane.name)), .init("epoch", .integer(lane.epoch)),
                    .init("claimedAt", .string(lane.claimedAt.rfc3339)), .init("lastNumber", .integer(lane.lastNumber)),
                    .init("unordered", .integer(lane.unorderedCount)),
                ])
            })
    }

    /// The lines of `journal lanes`.
    package var laneLines: [String] {
        status.lanes.map { lane in
            TerminalText.escape(
                "\(lane.name), epoch \(lane.epoch), claimed at \(lane.claimedAt.rfc3339): ")
                + HumanText.count(lane.lastNumber, "entry", "entries")
                + (lane.unorderedCount > 0 ? ", \(lane.unorderedCount) not ordered yet" : "")
        }
    }

    /// The lines for a terminal.
    package func lines(_ console: Console) -> [String] {
        var lines = [
            console.styled(TerminalText.escape(status.place), .bold), "  last entry \(status.lastPosition)",
            "  level \(status.level.rawValue): "
                + (status.isLevelMet ? "met" : console.styled("not met, deliveries get 503", .red)),
        ]
        if let leader = status.leader, !leader.node.isEmpty {
            lines.append(
                TerminalText.escape("  leader \(leader.node), epoch \(leader.epoch)")
                    + (leader.isCurrent ? "" : console.styled(", lease expired", .red)))
        } else {
            lines.append("  no leader: new entries are durable but not ordered yet")
        }
        return lines + laneLines.map { "  lane \($0)" }
    }
}
