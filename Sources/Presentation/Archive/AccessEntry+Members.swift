internal import Journal
package import ReportIndex
internal import StrictJSON
internal import TerminalOutput

extension AccessEntry {
    /// The columns of `audit`.
    package static var members: [RowMember<AccessEntry>] {
        [
            .init("id", .number("ID")) {
                .integer($0.id)
            } cell: {
                .init("\($0.id)", .bold)
            },
            .time("at", .text("TIME")) { $0.at },
            .init("user", .text("USER", shortest: 8)) { .string($0.record.user) },
            .init("command", .text("COMMAND", shortest: 10)) {
                .string($0.record.command)
            } cell: {
                .init($0.record.command, .cyan)
            },
            .init("subject", .text("SUBJECT", shortest: 12)) { .string($0.record.subject) },
            .init("reason", .text("REASON", shortest: 8)) { .optional($0.record.reason) },
        ]
    }
}
