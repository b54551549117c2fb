internal import Journal
package import ReportIndex
internal import StrictJSON
internal import TerminalOutput

extension AccessEntry {
    /// The columns of `audit`.
    package static var members: [RowMember<AccessEntry>] {
        [
            .init("id", .number("ID"), .bold) { .integer($0.id) },
            .time("at", .text("TIME")) { $0.at },
            .init("user", .text("USER", shortest: 8)) { .string($0.record.user) },
            .init("command", .text("COMMAND", shortest: 10), .cyan) { .string($0.record.command) },
            .init("subject", .text("SUBJECT", shortest: 12)) { .string($0.record.subject) },
            .init("reason", .text("REASON", shortest: 8)) { .optional($0.record.reason) },
        ]
    }
}
