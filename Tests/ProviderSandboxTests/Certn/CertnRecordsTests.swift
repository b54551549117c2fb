import ProviderSandbox
import Testing

@Suite("Certn: records")
struct CertnRecordsTests {
    @Test("the oldest go when there are too many, a tenth at a time")
    func limits() {
        var records = CertnRecords<Int>(limit: 20)
        for number in 1...20 { records.keep(number, as: String(number)) }
        #expect(records.count == 20)
        #expect(records["1"] == 1)
        records.keep(21, as: "21")
        #expect(records.count == 19)
        #expect(records["2"] == nil)
        #expect(records["3"] == 3)
        #expect(records.newestFirst.first == 21)
        #expect(records.newestFirst.last == 3)
    }

    @Test("a record kept again takes its own place, and counts once")
    func replaces() {
        var records = CertnRecords<Int>(limit: 2)
        for number in 1...9 { records.keep(number, as: "a") }
        records.keep(10, as: "b")
        records.keep(11, as: "a")
        #expect(records.newestFirst == [10, 11])
        #expect(records["c"] == nil)
    }
}
