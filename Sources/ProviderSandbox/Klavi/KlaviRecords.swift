internal import Foundation

/// The records of one report, written out: at least so many of them, and at least so many bytes.
struct KlaviRecords: Sendable {
    /// What a report has that is not made to grow.
    static let usualCount = 24
    private static let dayCount = 180
    /// About what a record takes; how fast the days go by depends on it.
    private static let usualByteCount = 500

    /// Objects with commas between them.
    private(set) var bytes: [UInt8] = []
    private(set) var count = 0
    private(set) var totalCents = 0
    /// What is left on the account after the last record; never below nothing.
    private(set) var balanceCents = 350_000

    private var random: SeededRandom
    private let start: Date
    private let expectedCount: Int
    private var day: (index: Int, bytes: [UInt8]) = (-1, [])

    init(_ forms: [KlaviRecordForm], seed: UInt64, now: Date, byteCount: Int) {
        random = SeededRandom(seed: seed)
        start = now - Double(Self.dayCount) * 86_400
        expectedCount = max(Self.usualCount, byteCount / Self.usualByteCount)
        bytes.reserveCapacity(byteCount + 4096)
        while !forms.isEmpty && (count < Self.usualCount || bytes.count < byteCount) { append(forms) }
    }

    private mutating func append(_ forms: [KlaviRecordForm]) {
        var form = forms[Int(random.next() % UInt64(forms.count))]
        var cents = amount(of: form.purchase)
        // An account is not overdrawn: what it cannot pay for gives way to an income.
        if !form.purchase.isCredit, cents > balanceCents, let income = forms.first(where: { $0.purchase.isCredit }) {
            form = income
            cents = amount(of: form.purchase)
        }
        balanceCents = max(0, balanceCents + (form.purchase.isCredit ? cents : -cents))
        totalCents += cents
        moveDay()
        if count > 0 { bytes.append(UInt8(ascii: ",")) }
        count += 1
        for piece in form.pieces {
            switch piece {
            case .text(let text): bytes.append(contentsOf: text)
            case .slot(let slot): fill(slot, cents)
            }
        }
    }

    private mutating func amount(of purchase: KlaviPurchase) -> Int {
        purchase.cents.lowerBound + Int(random.next() % UInt64(purchase.cents.count))
    }

    private mutating func moveDay() {
        let index = min(count * Self.dayCount / expectedCount, Self.dayCount - 1)
        guard index != day.index else { return }
        day = (index, Array(KlaviTime.day(start + Double(index) * 86_400).utf8))
    }

    private mutating func fill(_ slot: KlaviRecordForm.Slot, _ cents: Int) {
        switch slot {
        case .day: bytes.append(contentsOf: day.bytes)
        case .clock: appendClock()
        case .id:
            appendHex(random.next())
            appendHex(random.next())
        case .amount: appendAmount(cents)
        case .balance: appendAmount(balanceCents)
        case .branch: appendDigits(Int(random.next() % 10_000), width: 4)
        case .account: appendDigits(Int(random.next() % 100_000_000), width: 8)
        case .digit: appendDigits(Int(random.next() % 10), width: 1)
        case .share:
            bytes.append(contentsOf: [UInt8(ascii: "0"), UInt8(ascii: ".")])
            appendDigits(Int(random.next() % 3000), width: 4)
        }
    }

    /// Between 06:00 and 20:00, to the second.
    private mutating func appendClock() {
        let word = random.next()
        appendDigits(Int(word % 14) + 6, width: 2)
        bytes.append(UInt8(ascii: ":"))
        appendDigits(Int((word >> 8) % 60), width: 2)
        bytes.append(UInt8(ascii: ":"))
        appendDigits(Int((word >> 16) % 60), width: 2)
        bytes.append(contentsOf: [UInt8(ascii: "."), UInt8(ascii: "0"), UInt8(ascii: "0"), UInt8(ascii: "0")])
    }

    /// Four decimals, of which cents leave the last two empty.
    private mutating func appendAmount(_ cents: Int) {
        bytes.append(contentsOf: Self.amountText(cents).utf8)
    }

    static func amountText(_ cents: Int) -> String {
        let fraction = cents % 100
        return "\(cents / 100).\(fraction < 10 ? "0" : "")\(fraction)00"
    }

    private mutating func appendDigits(_ number: Int, width: Int) {
        var divisor = 1
        for _ in 0..<(width - 1) { divisor *= 10 }
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
            divisor /= 10
        }
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)

    private mutating func appendHex(_ word: UInt64) {
        for shift in stride(from: 60, through: 0, by: -4) {
            bytes.append(Self.hexDigits[Int(word >> UInt64(shift) & 15)])
        }
    }
}
