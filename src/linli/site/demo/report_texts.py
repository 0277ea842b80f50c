"""What people write when they report something: per category a few sentences in Chinese and in English, with the place put in."""

from __future__ import annotations

# Title and texts; {p} is the place, {n} a small number, {d} a part of the day.
CHINESE: dict[str, tuple[str, ...]] = {
    "waste.beside_bins": (
        "{p}垃圾桶旁又堆满了袋装垃圾，{d}气味很重。",
        "{p}的垃圾桶满了没人清，垃圾都放在地上，已经{n}天。",
        "有人把垃圾放在桶外，{p}进出都要绕着走。",
    ),
    "waste.renovation": (
        "{p}门口堆着装修垃圾，{n}天没有运走。",
        "装修的砖块和木板放在{p}旁边，挡住了通道。",
        "{p}有住户装修，废料没有装袋，风一吹都是灰。",
    ),
    "noise.night_building": (
        "{p}附近工地{d}还在施工，声音很大，孩子睡不着。",
        "半夜在{p}听到打桩声，持续{n}个小时。",
        "{p}对面工地夜里卸钢筋，希望管一管。",
    ),
    "noise.square": (
        "{p}旁边跳舞的音响声音太大，{d}关窗也听得见。",
        "{p}附近的音响开到晚上十点，家里有老人要休息。",
        "希望{p}的活动把音量调低一点。",
    ),
    "light.lamp_out": (
        "{p}前的路灯{n}天没有亮，晚上看不清台阶。",
        "{p}旁边有{n}盏路灯不亮。",
        "{p}路灯一闪一闪，{d}走路不安全。",
    ),
    "water.drain_blocked": (
        "{p}下水道堵了，污水漫到路面。",
        "一下雨{p}门口就积水，排水口堵住了。",
        "{p}的窨井往外冒水，{d}味道很大。",
    ),
    "water.leak": (
        "{p}水管漏水，已经流了{n}个小时。",
        "{p}楼道里的水管接头在滴水，墙面湿了一片。",
        "{p}外面地面渗水，可能是地下管道漏了。",
    ),
    "road.paving": ("{p}前面的地砖松了，老人差点绊倒。", "{p}旁边路面有坑，骑车不安全。", "{p}台阶破损，{n}块砖翘起来了。"),
    "parking.fire_lane": (
        "{p}消防通道又停了{n}辆车，{d}救护车进不来。",
        "有车停在{p}的消防通道上，打电话没有人接。",
        "{p}通道画了黄线还是停满了车。",
    ),
    "parking.illegal": (
        "{p}路边乱停车，{d}两边都停满，过不去。",
        "{p}门口的人行道上停了{n}辆车。",
        "有车长期停在{p}转弯的地方，看不见来车。",
    ),
    "ebike.stairs": (
        "{p}楼道里停了{n}辆电动车，还拉线充电。",
        "{p}一楼有人把电瓶带上楼充电，很担心起火。",
        "电动车堵在{p}楼梯口，{d}进出不方便。",
    ),
    "green.trees": (
        "{p}前的树枝伸到窗户上了，刮风时打玻璃。",
        "{p}旁边有一棵树歪了，怕倒下来。",
        "{p}绿化带长得太高，挡住了路灯。",
    ),
    "pets.dogs": ("{p}有人遛狗不牵绳，{d}小孩害怕。", "{p}的狗半夜一直叫，邻居都睡不好。", "{p}草地上狗粪没有人清理。"),
    "lift.fault": ("{p}电梯停了{n}次，今天又坏了。", "{p}电梯门关不上，老人下不了楼。", "{p}电梯运行时有异响，希望检查。"),
    "safety.wiring": (
        "{p}有人从窗户拉电线下来，没有保护。",
        "{p}楼道电表箱门坏了，电线露在外面。",
        "{p}的电线老化，下雨时冒火花。",
    ),
    "safety.falling": ("{p}外墙有瓷砖掉下来，下面是通道。", "{p}楼上扔下瓶子，差点砸到人。", "{p}阳台上的花盆没有固定，很危险。"),
    "dispute.neighbours": (
        "{p}楼上楼下因为漏水争吵，希望有人调解。",
        "{p}两家为公共走道放东西有矛盾。",
        "{p}邻居{d}拖椅子的声音太大，沟通过{n}次没有用。",
    ),
    "shop.street": ("{p}门口的店把货摆到人行道上。", "{p}旁边{d}有摊贩占道，推轮椅过不去。", "{p}路口卖水果的车停了{n}个小时。"),
    "sanitation.toilet": ("{p}附近的公厕没有打扫，地面有积水。", "{p}旁公厕洗手池坏了{n}天。", "{p}公厕{d}没有灯，气味也大。"),
    "property.fees": ("{p}物业费涨了，没有看到公示。", "{p}楼道{n}周没有人打扫，物业费照收。", "想问{p}的维修基金怎么用的。"),
    "help.elder": (
        "{p}有一位老人独自在家，买菜不方便，希望有人帮忙。",
        "{p}的老人想申请送餐，不会用手机。",
        "{p}有老人{n}天没有下楼，请去看看。",
    ),
    "other": ("想问一下{p}什么时候装休息的椅子。", "{p}的信报箱坏了，请修一修。", "建议在{p}加一个宣传栏。"),
}

ENGLISH: dict[str, tuple[str, ...]] = {
    "waste.beside_bins": ("Bags of rubbish beside the bins again at {p}.", "The bins at {p} have been full for {n} days."),
    "waste.renovation": ("Rubble from a renovation is blocking the way at {p}.", "Boards and bricks left at {p} for {n} days."),
    "noise.night_building": (
        "The building site near {p} is working at night again.",
        "Loud drilling after ten at night near {p}.",
    ),
    "noise.square": ("Loudspeakers near {p} are too loud in the evening.", "Please turn the music down near {p}."),
    "light.lamp_out": ("{n} street lamps are out at {p}.", "It is dark at {p}; the lamp has been off for {n} days."),
    "water.drain_blocked": ("The drain at {p} is blocked and smells.", "Water stands at {p} whenever it rains."),
    "water.leak": ("A pipe is leaking at {p}.", "Water has been running down the wall at {p} for {n} hours."),
    "road.paving": ("Loose paving at {p}; someone nearly fell.", "There is a hole in the path at {p}."),
    "parking.fire_lane": ("{n} cars are parked in the fire lane at {p}.", "The fire lane at {p} is blocked every evening."),
    "parking.illegal": ("Cars on the pavement at {p}, no way through with a pram.", "{n} cars parked on the corner at {p}."),
    "ebike.stairs": ("Somebody charges an e-bike on the stairs at {p}.", "{n} e-bikes block the stairs at {p}."),
    "green.trees": ("Branches touch the windows at {p}.", "A tree at {p} is leaning over the path."),
    "pets.dogs": ("Dogs off the lead at {p}.", "A dog barks all night at {p}."),
    "lift.fault": ("The lift at {p} is out of order again.", "The lift door at {p} does not close."),
    "safety.wiring": ("A cable hangs out of a window at {p}.", "The meter box at {p} is open, wires are bare."),
    "safety.falling": ("Tiles are falling off the wall at {p}.", "A bottle was thrown from above at {p}."),
    "dispute.neighbours": ("Noise from upstairs at {p}; we talked {n} times.", "Two families at {p} argue about the corridor."),
    "shop.street": ("The shop at {p} has put its goods on the pavement.", "Stalls block the way at {p}."),
    "sanitation.toilet": ("The public toilet near {p} is dirty.", "The tap in the toilet near {p} has been broken for {n} days."),
    "property.fees": ("Why has the property charge at {p} gone up?", "The stairs at {p} have not been cleaned for {n} weeks."),
    "help.elder": (
        "An older neighbour at {p} needs help with shopping.",
        "My grandmother at {p} would like meals brought to her.",
    ),
    "other": ("Could a bench be put up at {p}?", "The letter box at {p} is broken."),
}

PARTS_OF_DAY = ("早上", "中午", "下午", "傍晚", "晚上")
