/// Whether digits can be a number of the type at all.
enum CheckDigits {
    /// Eleven digits, the last two made of those before, and not all the same (Receita Federal).
    static func isCPF(_ digits: [UInt8]) -> Bool {
        digits.count == 11 && !areTheSame(digits) && weighted(digits, 9, from: 10) == digits[9]
            && weighted(digits, 10, from: 11) == digits[10]
    }

    /// Fourteen digits, the last two made of those before, and not all the same.
    static func isCNPJ(_ digits: [UInt8]) -> Bool {
        digits.count == 14 && !areTheSame(digits) && cyclic(digits, 12) == digits[12]
            && cyclic(digits, 13) == digits[13]
    }

    /// Nine digits that the Luhn algorithm agrees with, and not all the same.
    static func isSIN(_ digits: [UInt8]) -> Bool {
        guard digits.count == 9, !areTheSame(digits) else { return false }
        var sum = 0
        for (position, digit) in digits.enumerated() {
            let value = position % 2 == 0 ? Int(digit) : Int(digit) * 2
            sum += value > 9 ? value - 9 : value
        }
        return sum % 10 == 0
    }

    private static func areTheSame(_ digits: [UInt8]) -> Bool {
        digits.allSatisfy { $0 == digits.first }
    }

    /// The check digit of the first digits, with weights that fall from `weight` to 2.
    private static func weighted(_ digits: [UInt8], _ count: Int, from weight: Int) -> UInt8 {
        let sum = digits.prefix(count).enumerated().reduce(0) { $0 + Int($1.element) * (weight - $1.offset) }
        return checkDigit(sum)
    }

    /// The same with weights that rise from 2 to 9 and begin again, from the right.
    private static func cyclic(_ digits: [UInt8], _ count: Int) -> UInt8 {
        let sum = digits.prefix(count).reversed().enumerated().reduce(0) {
            $0 + Int($1.element) * (2 + $1.offset % 8)
        }
        return checkDigit(sum)
    }

    private static func checkDigit(_ sum: Int) -> UInt8 {
        let rest = sum % 11
        return rest < 2 ? 0 : UInt8(11 - rest)
    }
}
