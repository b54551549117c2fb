import Deliveries
import Testing

@testable import CallboxCommands

@Suite("Numbers of reports on the command line")
struct ReportNumberTests {
    @Test(
        "a delivery, or a report of it", arguments: [("42", nil), ("42.", nil), ("42.1", 1), ("42.1000000", 1_000_000)])
    func understood(text: String, ordinal: Int?) throws {
        let number = try ReportNumber(argument: text)
        #expect(number.delivery == DeliveryID(rawValue: 42))
        #expect(number.ordinal == ordinal)
        #expect(try DeliveryID(argument: text) == DeliveryID(rawValue: 42))
    }

    @Test(
        "nothing else, though a number stands before it",
        arguments: ["", "0", ".1", "42.0", "42.-1", "42.x", "42.2.3", "42.1000001", "٤٢", "42.٢"])
    func rejected(text: String) {
        #expect(throws: CommandFailure.self) { try ReportNumber(argument: text) }
        let failure = #expect(throws: CommandFailure.self) { try DeliveryID(argument: text) }
        #expect(failure?.status == .usage)
    }
}
