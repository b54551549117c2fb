import Deliveries
import Providers
import Testing

@Suite("The time of sending")
struct SenderTimeTests {
    @Test(
        "only a valid time is read as the time of sending",
        arguments: [
            ("X-Klavi-Timestamp", "1793613600", Int64?(1_793_613_600_000), false),
            ("X-Klavi-Timestamp", "1793613600250", 1_793_613_600_250, false),
            ("webhook-timestamp", "1793613600", 1_793_613_600_000, true),
            ("Certn-Signature", "t=1793613600, v1=00", 1_793_613_600_000, true),
            ("Certn-Signature", "v1=00,t=1793613600", 1_793_613_600_000, true), ("Certn-Signature", "v1=00", nil, true),
            ("Certn-Signature", "t=", nil, true), ("X-Klavi-Timestamp", "-1", nil, false),
            ("X-Klavi-Timestamp", "99999999999999", nil, false), ("X-Klavi-Timestamp", "", nil, false),
            ("X-Other", "1793613600", nil, false),
        ])
    func senderTime(header: String, value: String, expected: Int64?, isSigned: Bool) {
        let time = ProviderCatalog.standard.senderTime(in: HeaderFields([HeaderField(header, value)]))
        #expect(time?.time.millisecondsSinceEpoch == expected)
        if expected != nil { #expect(time?.isSigned == isSigned) }
    }
}
