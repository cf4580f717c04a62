using System.Collections.Immutable;

namespace ShoeFunctions.Engine.Shoes;

/// <summary>The brands and models that shoes are made of, with how often each brand comes.</summary>
/// <remarks>
/// The order of brands and models, their weights, price bands and ratings decide every shoe: a change here is
/// another stream of shoes, as another seed is.
/// </remarks>
public static class ShoeCatalogue
{
    /// <summary>The brands, in the order that the generator draws from.</summary>
    public static ImmutableArray<ShoeBrand> Brands { get; } =
    [
        Brand("Nike", 22,
            ("Air Force 1 Low", 90, 140, 45), ("Air Max 90", 100, 160, 44), ("Air Max 97", 130, 190, 44), ("Dunk Low", 95, 150, 43),
            ("Pegasus 41", 100, 150, 45), ("Vaporfly 3", 190, 270, 44), ("Blazer Mid '77", 85, 120, 43), ("Cortez", 70, 100, 42),
            ("Invincible 3", 130, 190, 44), ("Metcon 9", 110, 160, 45)),
        Brand("Adidas", 18,
            ("Superstar", 70, 110, 45), ("Stan Smith", 70, 110, 45), ("Samba OG", 80, 120, 44), ("Gazelle", 80, 120, 45),
            ("Ultraboost 5", 130, 200, 44), ("Forum Low", 80, 120, 43), ("Adizero Adios Pro 4", 200, 270, 44), ("NMD_R1", 100, 160, 42),
            ("Campus 00s", 85, 120, 44), ("Terrex Free Hiker 2", 140, 210, 44)),
        Brand("New Balance", 10,
            ("574 Core", 70, 100, 44), ("990v6", 180, 215, 46), ("550", 90, 130, 44), ("327", 80, 115, 43),
            ("1906R", 130, 175, 44), ("2002R", 120, 160, 45), ("Fresh Foam X 1080v14", 140, 180, 45), ("FuelCell Rebel v4", 110, 150, 44),
            ("9060", 130, 165, 45)),
        Brand("Puma", 9,
            ("Suede Classic", 60, 90, 44), ("RS-X", 80, 125, 42), ("Palermo", 70, 100, 44), ("Speedcat OG", 80, 115, 43),
            ("Velocity Nitro 3", 100, 145, 44), ("Deviate Nitro 3", 130, 175, 44), ("Clyde", 65, 100, 43), ("Cali Star", 60, 95, 42),
            ("Mayze", 70, 105, 41)),
        Brand("ASICS", 8,
            ("Gel-Kayano 31", 130, 175, 45), ("Gel-Nimbus 26", 130, 175, 45), ("Novablast 5", 110, 150, 45), ("GT-2000 13", 110, 145, 44),
            ("Gel-Lyte III OG", 90, 140, 44), ("Gel-1130", 80, 110, 44), ("Metaspeed Sky Paris", 200, 260, 44), ("Gel-Cumulus 26", 100, 145, 44)),
        Brand("Converse", 7,
            ("Chuck Taylor All Star", 50, 75, 45), ("Chuck 70", 70, 100, 46), ("One Star", 60, 90, 43), ("Run Star Hike", 85, 120, 42),
            ("Jack Purcell", 55, 85, 43), ("Star Player 76", 60, 90, 43), ("Weapon", 75, 110, 42), ("Run Star Motion", 90, 125, 41)),
        Brand("Vans", 6,
            ("Old Skool", 55, 80, 45), ("Authentic", 45, 65, 44), ("Sk8-Hi", 60, 90, 45), ("Slip-On", 45, 65, 44),
            ("Era", 50, 70, 44), ("Knu Skool", 65, 90, 43), ("UltraRange EXO", 75, 105, 44), ("Half Cab", 65, 95, 43)),
        Brand("Reebok", 5,
            ("Club C 85", 65, 95, 44), ("Classic Leather", 65, 95, 44), ("Nano X4", 100, 150, 44), ("Workout Plus", 60, 90, 43),
            ("Question Mid", 110, 165, 44), ("Instapump Fury 95", 140, 200, 42), ("Floatride Energy 5", 80, 115, 43), ("BB 4000 II", 60, 90, 42)),
        Brand("Skechers", 4,
            ("Go Walk 7", 60, 90, 43), ("D'Lites", 55, 80, 42), ("Arch Fit", 65, 100, 43), ("Max Cushioning Elite", 75, 110, 43),
            ("Uno", 60, 90, 42), ("Summits", 45, 70, 41), ("Go Run Ride 11", 85, 125, 43), ("Glide-Step", 60, 95, 42)),
        Brand("Brooks", 3,
            ("Ghost 16", 110, 145, 45), ("Adrenaline GTS 23", 110, 145, 45), ("Glycerin 21", 130, 165, 45), ("Hyperion Max 2", 140, 185, 44),
            ("Cascadia 18", 110, 145, 44), ("Launch 10", 85, 115, 43), ("Levitate 6", 110, 155, 42), ("Beast GTS 23", 130, 165, 44)),
        Brand("HOKA", 3,
            ("Clifton 9", 120, 150, 45), ("Bondi 8", 140, 170, 45), ("Speedgoat 6", 130, 160, 45), ("Mach 6", 120, 145, 44),
            ("Arahi 7", 120, 150, 44), ("Challenger 7", 125, 150, 44), ("Rincon 4", 100, 130, 43), ("Anacapa 2 Mid GTX", 160, 200, 44)),
        Brand("Saucony", 2,
            ("Ride 17", 110, 145, 44), ("Guide 17", 110, 145, 44), ("Kinvara 15", 95, 125, 43), ("Triumph 22", 130, 165, 44),
            ("Endorphin Speed 4", 140, 175, 45), ("Endorphin Pro 4", 190, 230, 43), ("Peregrine 14", 110, 145, 44), ("Jazz Original", 55, 80, 43)),
        Brand("On", 2,
            ("Cloud 6", 120, 155, 43), ("Cloudmonster 2", 150, 185, 44), ("Cloudsurfer", 130, 165, 44), ("Cloudswift 4", 130, 165, 43),
            ("Cloudnova", 120, 155, 42), ("Cloudstratus 3", 140, 175, 44), ("Cloudultra 2", 150, 185, 43), ("The Roger Advantage", 120, 155, 44)),
        Brand("Salomon", 1,
            ("XT-6", 150, 205, 44), ("Speedcross 6", 110, 145, 45), ("Sense Ride 5", 110, 145, 44), ("X Ultra 4 GTX", 130, 170, 45),
            ("ACS Pro", 160, 205, 43), ("Ultra Glide 2", 110, 145, 44), ("S/Lab Pulsar 3", 160, 205, 42), ("Thundercross", 110, 145, 43)),
    ];

    /// <summary>Draws a brand by its weight and then one of its models, all as likely: two numbers.</summary>
    public static ShoeModel Choose(ref SplitMix64 random)
    {
        var models = BrandByWeight[random.Below((uint)BrandByWeight.Length)].Models;
        return models[(int)random.Below((uint)models.Length)];
    }

    /// <summary>Each brand as many times as its weight says, so that an even draw from it is a weighted one.</summary>
    private static readonly ShoeBrand[] BrandByWeight = [.. Brands.SelectMany(brand => Enumerable.Repeat(brand, brand.Weight))];

    private static ShoeBrand Brand(string name, int weight, params (string Name, int Low, int High, int Rating)[] models) =>
        new(name, weight, [.. models.Select(model => new ShoeModel(name, model.Name, model.Low, model.High, model.Rating))]);
}
