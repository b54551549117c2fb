internal import Deliveries
package import Journal
package import ReportIndex
internal import StrictJSON
internal import TerminalOutput

extension LegalHold {
    /// The columns of `hold list`.
    package static var members: [RowMember<LegalHold>] {
        [
            .init("id", .number("HOLD"), .bold) { .integer($0.id) },
            .onlyTable(.text("COVERS", shortest: 16)) { .init($0.subject.text) },
            .init("delivery") { $0.delivery.map { .integer($0.rawValue) } ?? .null },
            .init("name") { .optional($0.field?.name) },
            .init("value") { .optional($0.field?.value) },
            .init("reason", .text("REASON", shortest: 12)) { .string($0.reason) },
            .time("placedAt", .text("ADDED")) { $0.placedAt },
            .time("releasedAt", .text("RELEASED"), none: .init("active", .green)) { $0.releasedAt },
        ]
    }

    private var delivery: DeliveryID? {
        if case .delivery(let id) = subject { id } else { nil }
    }

    private var field: ReportField? {
        if case .field(let field) = subject { field } else { nil }
    }
}

extension HoldRecord.Subject {
    /// The deliveries that the hold covers.
    package var text: String {
        switch self {
        case .delivery(let id): "delivery \(id)"
        case .field(let field): "\(field.name)=\(field.value)"
        }
    }
}
