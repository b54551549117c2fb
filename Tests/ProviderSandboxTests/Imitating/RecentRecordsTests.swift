import ProviderSandbox
import Testing

@Suite struct RecentRecordsTests {
    @Test("the oldest entries go, the newest stay in their order")
    func forgets() {
        var records = RecentRecords<Int, String>(limit: 3)
        for number in 1...50 {
            records.set("\(number)", for: number)
            #expect(records.keys.count == min(number, 3))
        }
        #expect(Array(records.keys) == [48, 49, 50])
        #expect(records[47] == nil)
        #expect(records[48] == "48")
    }

    @Test("a replaced entry keeps its age")
    func replaces() {
        var records = RecentRecords<String, Int>(limit: 2)
        records.set(1, for: "a")
        records.set(2, for: "b")
        records.set(3, for: "a")
        #expect(records["a"] == 3)
        records.set(4, for: "c")
        #expect(records["a"] == nil)
        #expect(Array(records.keys) == ["b", "c"])
    }
}
