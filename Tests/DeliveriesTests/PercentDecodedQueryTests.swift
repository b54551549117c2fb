import Deliveries
import Testing

@Suite("Query values whose plus signs stay")
struct PercentDecodedQueryTests {
    @Test(
        "the first item with the name counts, escapes are decoded and + is +",
        arguments: [
            ("/?challenge=a", "a"), ("/?challenge=a+b", "a+b"), ("/?challenge=a%2Bb%20c", "a+b c"),
            ("/?challenge=", ""), ("/?challenge", ""), ("/?challenge=a=b==", "a=b=="), ("/?x=1&challenge=2", "2"),
            ("/?challenge=1&challenge=2", "1"), ("/?ch%61llenge=1", "1"), ("/?challenge=%zz%4%", "%zz%4%"),
            ("/?&&challenge=1", "1"), ("/?challenge=1?2", "1?2"), ("http://h/p?challenge=1", "1"),
            ("/?challenge=%26x%3D1", "&x=1"), ("/", nil), ("/?", nil), ("/?Challenge=1", nil), ("/?x=challenge", nil),
            ("/challenge=1", nil), ("/?+challenge=1", nil),
        ] as [(String, String?)])
    func values(_ target: String, _ value: String?) {
        #expect(RequestTarget(target).percentDecodedQueryValue(named: "challenge") == value)
    }

    @Test("bytes that are not UTF-8 are repaired")
    func repairs() {
        #expect(RequestTarget("/?a=%ff+").percentDecodedQueryValue(named: "a") == "\u{fffd}+")
    }
}
